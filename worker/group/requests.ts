import { LIMITS } from "../../protocol/limits.ts";
import { isDelivered } from "../../protocol/marks.ts";
import { may } from "../core/group/rights.ts";
import { isSilenced, type Member } from "../core/group/state.ts";
import type {
  GroupAnswer,
  GroupRequest,
  GroupTrace,
  GroupTraceEntry,
  MemberEntry,
  MembersPage,
  ReceiptEntry,
  ReceiptsPage,
} from "../group-requests.ts";
import { reachOf } from "./copy.ts";
import { knowsPlace } from "./due.ts";
import { readableFile, readablePicture } from "./files.ts";
import { historyOf, logPage } from "./reading.ts";
import { searchLog } from "./search.ts";
import { countTotals } from "./totals.ts";
import type { GroupTurn } from "./turn.ts";

/** What members and operators ask over HTTP. Strangers and former members learn nothing. */

const NOT_FOUND: GroupAnswer = { ok: false, code: "not-found" };

export function obeyRequest(turn: GroupTurn, request: GroupRequest): GroupAnswer {
  if (request.kind === "trace") return trace(turn, request.number);
  const member = turn.memory.roster.member(request.user);
  if (member?.state !== "member") return NOT_FOUND;
  switch (request.kind) {
    case "about":
      return about(turn, member);
    case "members":
      return members(turn, request.after);
    case "links":
      return links(turn, member);
    case "log":
      return logPage(turn, member, request);
    case "history":
      return historyOf(turn, member, request);
    case "search":
      return searchLog(turn, member, request);
    case "receipts":
      return receipts(turn, member, request);
    case "file":
      return readableFile(turn, member, request);
    case "picture":
      return readablePicture(turn);
  }
}

function about({ memory }: GroupTurn, { user }: Member): GroupAnswer {
  const membership = memory.roster.membership(user);
  const { group } = memory.roster;
  if (membership === undefined || group === undefined) return NOT_FOUND;
  return { ok: true, value: { membership, members: group.size, head: memory.log.head } };
}

/** One page of those who are there and pass, in the order of their first coming. */
function page(turn: GroupTurn, after: string | undefined, passes: (member: Member) => boolean) {
  const { roster } = turn.memory;
  const place = after === undefined ? -1 : (roster.member(after)?.slot ?? -1);
  const rest = [...roster.present()].filter((one) => one.slot > place && passes(one));
  const found = rest.sort((a, b) => a.slot - b.slot).slice(0, LIMITS.historyEntries);
  const last = found.at(-1)?.user;
  const isMore = found.length < rest.length && last !== undefined;
  return { found, next: isMore ? { next: last } : {} };
}

function members(turn: GroupTurn, after: string | undefined): GroupAnswer {
  const { found, next } = page(turn, after, () => true);
  const listed = found.map((member): MemberEntry => {
    const { user, role, since, silencedUntil } = member;
    const silenced = isSilenced(member, turn.now) && silencedUntil !== null;
    return { user, role, since, ...(silenced ? { silencedUntil } : {}) };
  });
  const value: MembersPage = { members: listed, ...next };
  return { ok: true, value };
}

function links({ memory, now }: GroupTurn, { role }: Member): GroupAnswer {
  const { group } = memory.roster;
  if (group === undefined || !may("link", role, group)) return { ok: false, code: "not-allowed" };
  const open = memory.roster
    .links()
    .filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
    .map(({ expiresAt, ...link }) => ({ ...link, ...(expiresAt === null ? {} : { expiresAt }) }));
  return { ok: true, value: { links: open } };
}

function receipts(
  turn: GroupTurn,
  asking: Member,
  { number, after }: Extract<GroupRequest, { kind: "receipts" }>,
): GroupAnswer {
  const row = number < asking.from ? undefined : turn.memory.log.find(number);
  if (row === undefined) return NOT_FOUND;
  const concerns = (one: Member) => one.user !== row.origin.user && one.from <= number;
  const { found, next } = page(turn, after, concerns);
  const behind = [...turn.memory.roster.present()].filter(
    (one) => concerns(one) && reachOf(turn, one) < number,
  );
  const totals = countTotals(turn, number, row.origin.user);
  const unreachable = behind.filter(({ user }) => turn.memory.held.has(user)).length;
  const copies = totals.of - behind.length;
  const listed = found.map((one) => receiptOf(turn, one, number));
  const value: ReceiptsPage = { ...totals, copies, unreachable, members: listed, ...next };
  return { ok: true, value };
}

function receiptOf(turn: GroupTurn, member: Member, number: number): ReceiptEntry {
  const { user } = member;
  const marks = turn.memory.cursors.of(user);
  const delivered = isDelivered(marks, number);
  return {
    user,
    copied: reachOf(turn, member) >= number,
    delivered,
    read: delivered && marks.read >= number,
  };
}

function trace(turn: GroupTurn, number: number): GroupAnswer {
  const row = turn.memory.log.find(number);
  if (row === undefined) return NOT_FOUND;
  const seeing = [...turn.memory.roster.present()].filter(({ from }) => from <= number);
  const listed = seeing.slice(0, LIMITS.historyEntries).map(
    (member): GroupTraceEntry => ({
      ...receiptOf(turn, member, number),
      have: turn.memory.cursors.of(member.user).have,
      heldUntil: turn.memory.held.get(member.user)?.lane.notBefore ?? null,
      refused: turn.memory.held.get(member.user)?.code ?? null,
    }),
  );
  const untold = [...turn.memory.roster.all()]
    .filter((member) => !knowsPlace(turn, member))
    .slice(0, LIMITS.historyEntries)
    .map(({ user }) => user);
  const value: GroupTrace = { number, acceptedAt: row.at, members: listed, untold };
  return { ok: true, value };
}
