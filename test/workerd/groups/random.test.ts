/** Whatever happens in a group, and whoever ends at whichever moment: all who may see it see the same. */
import { beforeAll, describe, expect, test } from "vitest";
import { freshPolicy } from "../support.ts";
import { type Crowd, type CrowdPlan, HASTY, played } from "./crowd.ts";
import { asTruth, logOf, membersOf, seenBy, untilAtRest } from "./rest.ts";

beforeAll(() => freshPolicy(HASTY));

async function check(crowd: Crowd): Promise<{ entries: number; members: number }> {
  const { conversation } = crowd;
  await untilAtRest(crowd);
  const log = await logOf(conversation);
  const members = await membersOf(conversation);
  let present = 0;
  for (const person of crowd.people) {
    const entries = await seenBy(person, conversation);
    const numbered = entries.filter(({ number }) => number !== undefined);
    const shown = numbered.filter(({ body }) => body.kind !== "withheld");
    const member = members.get(person.user);
    if (member?.state !== "member") {
      expect(shown).toEqual([]);
      continue;
    }
    present += 1;
    const seen = numbered.filter(({ number = 0 }) => number >= member.from).map(asTruth);
    expect(seen).toEqual(log.slice(member.from - 1));
    expect(shown.filter(({ number = 0 }) => number < member.from)).toEqual([]);
  }
  return { entries: log.length, members: present };
}

async function tell(plan: CrowdPlan) {
  return check(await played(plan));
}

describe("R3 R15 a crowd", () => {
  test.each([1, 2, 3, 4, 5, 6])("R3 of ten, seed %i", async (seed) => {
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
    const plan = { seed: 7, people: 200, members: 180, rounds: 24, atOnce: 5, crashes: 0.08 };
    const { entries, members } = await tell(plan);
    expect(entries).toBeGreaterThan(50);
    expect(members).toBeGreaterThan(150);
  });
});
