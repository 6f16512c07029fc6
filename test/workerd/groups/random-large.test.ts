/** What random.test.ts tells of copies, where the group's log is the only one, and where that changes. */
import { beforeAll, describe, expect, test } from "vitest";
import type { LoggedEntry } from "../../../protocol/large-groups.ts";
import { LIMITS } from "../../../protocol/limits.ts";
import type { Member } from "../../../worker/core/group/state.ts";
import type { LogPage } from "../../../worker/group-requests.ts";
import { api, freshPolicy } from "../support.ts";
import { type Crowd, type CrowdPlan, HASTY, type Person, played } from "./crowd.ts";
import { asFed, openTo } from "./own-copy.ts";
import { asTruth, logOf, membersOf, seenBy, type Truth, untilAtRest } from "./rest.ts";
import { groupSql } from "./support.ts";

/** All that somebody may read of the group's log, page by page; undefined: it is closed to them. */
async function readLog({ user }: Person, conversation: string) {
  const read: LoggedEntry[] = [];
  for (let after = 0; ; after = read.at(-1)?.number ?? after) {
    const response = await api(`/v1/groups/${conversation.slice(6)}/log?after=${after}`, user);
    if (response.status === 404) return undefined;
    const { entries } = (await response.json()) as LogPage;
    read.push(...entries);
    if (entries.length === 0) return read;
  }
}

const placeIn = ({ number, id, body }: Truth) => ({ number, id, body });

/**
 * Rows are few or all, none of what was said while one was not there, and each says what the log says;
 * what is numbered in `copies` is all here.
 */
function checkRows(rows: readonly Truth[], log: readonly Truth[], member: Member, copies: number) {
  const { user, from } = member;
  const has = new Set(rows.map(({ number }) => number));
  const copy = openTo(log, user).filter(({ number }) => has.has(number));
  const fed = copy.map((entry) => asFed(entry, member, has));
  expect(rows.map(placeIn)).toEqual(fed.map(placeIn));
  if (member.state !== "member" || copies === 0) return;
  const first = Math.max(from, copies);
  const isCopied = ({ number }: Truth) => number >= first;
  expect([...has].filter((number) => number >= first)).toHaveLength(log.length - first + 1);
  expect(rows.filter(isCopied)).toEqual(fed.filter(isCopied));
}

async function check(crowd: Crowd) {
  const { conversation } = crowd;
  await untilAtRest(crowd);
  const log = await logOf(conversation);
  const members = await membersOf(conversation);
  const [row] = await groupSql(conversation, "SELECT value FROM facts WHERE name = 'group'");
  const group = JSON.parse(String(row?.["value"])) as { mode: string; copyFrom: number };
  for (const person of crowd.people) {
    const entries = await seenBy(person, conversation);
    const rows = entries.filter(({ number }) => number !== undefined).map(asTruth);
    const read = await readLog(person, conversation);
    const member = members.get(person.user);
    const isThere = member?.state === "member";
    expect(read?.map(asTruth)).toEqual(isThere ? log.slice(member.from - 1) : undefined);
    if (member === undefined) expect(rows).toEqual([]);
    else checkRows(rows, log, member, group.mode === "copy" ? group.copyFrom : 0);
  }
  const switches = log.filter(({ body }) => (body as { kind: string }).kind === "group-mode");
  const present = [...members.values()].filter(({ state }) => state === "member");
  return { entries: log.length, members: present.length, switches: switches.length };
}

async function tell(plan: CrowdPlan) {
  return check(await played(plan));
}

describe("R3 R15 R26 a crowd with one log", () => {
  beforeAll(() => freshPolicy({ ...HASTY, groupCopyMembers: 2 }));

  test.each([1, 2, 3])("R26 of ten, seed %i", async (seed) => {
    const plan = { seed, people: 10, members: 7, rounds: 40, atOnce: 3, crashes: 0.1 };
    const { entries } = await tell(plan);
    expect(entries).toBeGreaterThan(30);
  });

  test("R26 of two hundred, objects ending all the time", { timeout: 240_000 }, async () => {
    const many = { people: 200, members: 180, rounds: 24, atOnce: 5, crashes: 0.08, apt: 0.8 };
    const { entries, members, switches } = await tell({ seed: 7, ...many });
    expect(entries).toBeGreaterThan(50);
    expect(members).toBeGreaterThan(150);
    expect(switches).toBe(1);
  });
});

describe("R26 a crowd that grows large and small again", () => {
  beforeAll(() => freshPolicy({ ...HASTY, groupCopyMembers: 6 }));

  test.each([1, 2, 3, 4])("R26 of twelve, seed %i", async (seed) => {
    const plan = { seed, people: 12, members: 6, rounds: 50, atOnce: 3, crashes: 0.1 };
    const { entries, switches } = await tell(plan);
    expect(entries).toBeGreaterThan(30);
    expect(entries).toBeLessThan(LIMITS.historyEntries * 2);
    expect(switches).toBeGreaterThan(0);
  });
});
