/** Whatever happens in a group, and whoever ends at whichever moment: all who may see it see the same. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Body } from "../../../protocol/entries.ts";
import type { Member } from "../../../worker/core/group/state.ts";
import { freshPolicy } from "../support.ts";
import { type Crowd, type CrowdPlan, HASTY, played } from "./crowd.ts";
import { asFed, isBy, openTo } from "./own-copy.ts";
import { asTruth, logOf, membersOf, seenBy, type Truth, untilAtRest } from "./rest.ts";

beforeAll(() => freshPolicy(HASTY));

/** Somebody's object has what was said while they were there, all that is theirs, and no more. */
function checkCopy(fed: readonly Truth[], log: readonly Truth[], member: Member) {
  const { user, from } = member;
  const has = new Set(fed.map(({ number }) => number));
  const open = openTo(log, user);
  const theirs = open.filter((entry) => entry.number >= from || isBy(entry, user));
  expect(theirs.filter(({ number }) => !has.has(number))).toEqual([]);
  const copy = open.filter(({ number }) => has.has(number));
  expect(fed).toEqual(copy.map((entry) => asFed(entry, member, has)));
}

async function check(crowd: Crowd) {
  const { conversation } = crowd;
  await untilAtRest(crowd);
  const log = await logOf(conversation);
  const members = await membersOf(conversation);
  for (const person of crowd.people) {
    const entries = await seenBy(person, conversation);
    const fed = entries.filter(({ number }) => number !== undefined).map(asTruth);
    const member = members.get(person.user);
    if (member === undefined) expect(fed).toEqual([]);
    else checkCopy(fed, log, member);
  }
  const present = [...members.values()].filter(({ state }) => state === "member");
  const kinds = new Set(log.map(({ body }) => (body as Body).kind));
  return { entries: log.length, members: present.length, kinds };
}

async function tell(plan: CrowdPlan) {
  return check(await played(plan));
}

/** What two hundred do, beside ending. */
const DONE: Body["kind"][] = [
  "text",
  "edit",
  "recall",
  "joined",
  "leave",
  "members-remove",
  "member-silence",
];

describe("R3 R15 a crowd", () => {
  test.each([1, 2, 3, 204, 205, 217, 234, 238])("R3 of ten, seed %i", async (seed) => {
    const plan = { seed, people: 10, members: 7, rounds: 40, atOnce: 3, crashes: 0.1 };
    const { entries } = await tell(plan);
    expect(entries).toBeGreaterThan(30);
  });

  test.each([1, 2, 6])("R3 of ten who are shown the past, seed %i", async (seed) => {
    const few = { people: 10, members: 7, rounds: 40, atOnce: 3, crashes: 0.1 };
    const { entries } = await tell({ seed, history: "start", ...few });
    expect(entries).toBeGreaterThan(30);
  });

  test("R3 of two hundred, objects ending all the time", { timeout: 240_000 }, async () => {
    const many = { people: 200, members: 180, rounds: 24, atOnce: 5, crashes: 0.08, apt: 0.8 };
    const { entries, members, kinds } = await tell({ seed: 7, ...many });
    expect(entries).toBeGreaterThan(50);
    expect(members).toBeGreaterThan(150);
    expect([...kinds]).toEqual(expect.arrayContaining(DONE));
  });
});
