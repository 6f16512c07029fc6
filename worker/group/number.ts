import { type Body, isCountable } from "../../protocol/entries.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import type { Append, Verdict } from "../../protocol/hand-offs.ts";
import { isChange } from "../core/changes.ts";
import { deviceKey } from "../core/conversation.ts";
import { changesAtFirst, refuseTtl } from "../core/expiry.ts";
import { isManagement } from "../core/group/management.ts";
import { type Plan, planChange } from "../core/group/plan.ts";
import { refuseSpeech, type Speech } from "../core/group/speak.ts";
import { modeFor } from "../core/group/state.ts";
import { judge } from "../core/judge.ts";
import { editsOf } from "../core/layer.ts";
import { count } from "../core/stats.ts";
import { owe, oweAll } from "./due.ts";
import { isLarge, noteLive, oweOwn } from "./large.ts";
import { oweReturning, oweUncopied } from "./missed.ts";
import { addSaid, GROUP_DEVICE } from "./own-list.ts";
import { noteAuthor } from "./totals.ts";
import type { GroupTurn } from "./turn.ts";

/** The group judges what comes in, once, and gives it the next number. */
export function numberAppend(turn: GroupTurn, append: Append): Verdict {
  const { log, cursors, stats } = turn.memory;
  const { origin } = append;
  const about = { device: origin.device, counter: origin.counter };
  const state = { last: { [deviceKey(origin)]: cursors.last(origin) } };
  const judgement = judge(state, append, (wanted) => log.findOrigin(wanted));
  switch (judgement.kind) {
    case "repeat":
      count(stats, "duplicates", ["home"]);
      return { ...about, kind: "accepted", number: judgement.number, at: judgement.at };
    case "gap":
      return { ...about, kind: "gap", have: judgement.have };
    case "conflict":
    case "gone":
      return { ...about, kind: "refused", code: judgement.kind };
    case "refused":
      return { ...about, kind: "refused", code: judgement.code };
    case "new":
      break;
  }
  const decided = decide(turn, append);
  if (typeof decided === "string") return { ...about, kind: "refused", code: decided };
  count(stats, "accepted", []);
  const number = log.head + 1;
  carryOut(turn, append, decided);
  switchMode(turn, append);
  return { ...about, kind: "accepted", number, at: turn.now };
}

/** Whether there are copies follows from the size; it changes by an entry, and numbers go on. */
function switchMode(turn: GroupTurn, { origin }: Append): void {
  const { log, roster } = turn.memory;
  const { group } = roster;
  if (group === undefined) return;
  const mode = modeFor(group, turn.settings.groupCopyMembers);
  if (mode === group.mode) return;
  const number = log.head + 1;
  const by = { user: origin.user, device: GROUP_DEVICE, counter: number };
  const body = { kind: "group-mode", mode } as const;
  log.append({
    number,
    origin: by,
    at: turn.now,
    priority: "normal",
    hash: 0,
    body,
    changes: null,
  });
  roster.carryOut({ group: { ...group, mode, copyFrom: number, version: number }, members: [] });
  turn.memory.large.passedTo = number;
  if (mode === "large") oweUncopied(turn);
  oweAll(turn);
}

/** Whose account is gone says nothing any more: the group says it in their place. */
export function numberLeave(turn: GroupTurn, user: string): void {
  const { log, roster } = turn.memory;
  const number = log.head + 1;
  const content = { kind: "leave" } as const;
  const plan = planChange(roster, { user, number, now: turn.now }, content);
  if (typeof plan === "string") throw new Error(`a member can't leave: ${plan}`);
  const origin = { user, device: GROUP_DEVICE, counter: number };
  const append = { origin, prev: 0, priority: "normal", hash: 0, content } as const;
  carryOut(turn, append, { body: plan.body, plan });
  switchMode(turn, append);
}

/** What is numbered, and what it makes of the group. */
type Decided = { readonly body: Body; readonly plan: Plan | null };

function decide(turn: GroupTurn, { origin, content }: Append): Decided | ErrorCode {
  const { log, roster } = turn.memory;
  if (!isManagement(content)) {
    const refusal = judgeSpeech(turn, origin.user, content);
    return refusal ?? { body: spoken(turn, origin.user, content), plan: null };
  }
  const by = { user: origin.user, number: log.head + 1, now: turn.now };
  const plan = planChange(roster, by, content);
  if (typeof plan === "string") return plan;
  const refusal = content.kind === "ttl" ? refuseTtl(log.expiring) : null;
  return refusal ?? { body: plan.body, plan };
}

/** A recall by somebody else names the author, so that copies know whose message counts no more. */
function spoken({ memory }: GroupTurn, user: string, content: Speech): Body {
  if (content.kind !== "recall") return content;
  const author = memory.log.find(content.target)?.origin.user;
  return author === undefined || author === user ? content : { ...content, author };
}

function judgeSpeech(turn: GroupTurn, user: string, content: Speech): ErrorCode | null {
  const { log, roster } = turn.memory;
  const author = roster.member(user);
  const { group } = roster;
  // A stranger can't tell a group from one that does not exist.
  if (group === undefined || author?.state !== "member") return "not-found";
  const target = isChange(content) ? log.find(content.target) : undefined;
  const edits = target === undefined ? 0 : editsOf(target, (number) => log.find(number)).length;
  const said = target === undefined ? undefined : roster.member(target.origin.user);
  const targetRole = said?.state === "member" ? said.role : "member";
  const { now, settings } = turn;
  return refuseSpeech(content, { group, author, target, edits, targetRole, now, settings });
}

function carryOut(turn: GroupTurn, append: Append, { body, plan }: Decided): void {
  const { memory, now } = turn;
  const { log, roster, cursors } = memory;
  const { origin, priority, hash } = append;
  const number = log.head + 1;
  const target = isChange(body) ? log.find(body.target) : undefined;
  const changes = changesAtFirst(roster.group ?? {}, body, now);
  const entry = { number, origin, at: now, priority, hash, body, changes };
  // Alarms written by older runtimes may come without the object's name. Whoever tries ids of groups
  // that nobody has made writes nothing.
  if (number === 1) turn.store.setFact("id", memory.me.slice("group:".length));
  log.append(entry);
  addSaid(memory.large.own, entry);
  memory.numberedAt = now;
  if (plan !== null) {
    const before = plan.members.flatMap(({ user }) => roster.member(user) ?? []);
    roster.carryOut(plan);
    oweReturning(turn, before);
    for (const member of plan.members) cursors.place(member);
    // Whoever has just gone is not among those who are there.
    for (const { user, state } of plan.members) {
      if (state !== "member") noteLive(turn, user, false);
      owe(turn, user);
    }
  }
  cursors.count(origin, now);
  oweOwn(turn, entry, target);
  // In a large group only what the group says of itself is everybody's.
  if (!isLarge(turn) || roster.group?.version === number) oweAll(turn);
  if (isCountable(body)) noteAuthor(turn, origin.user, number);
}
