/** Whatever happens in a group, and whoever ends at whichever moment: all who may see it see the same. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Entry } from "../../../protocol/entries.ts";
import type { Member } from "../../../worker/core/group/state.ts";
import type { GroupTrace } from "../../../worker/group-requests.ts";
import { fireAlarm } from "../objects.ts";
import { freshPolicy, RawDevice } from "../support.ts";
import { Crowd, type CrowdPlan, type Person } from "./crowd.ts";
import { entriesIn, fireGroupAlarm, groupObject, groupSql } from "./support.ts";

beforeAll(() =>
  freshPolicy({
    safetyAlarmMs: 300,
    handOffDelaysMs: [50, 100],
    rateBurst: 100_000,
    flushEntries: 10,
    checkpointRows: 40,
    connectsPerMinute: 100_000,
  }),
);

/** An entry of the log, as all must have it. */
interface Truth {
  readonly number: number;
  readonly id: string;
  readonly body: unknown;
  readonly changes: unknown;
}

async function logOf(conversation: string): Promise<Truth[]> {
  const rows = await groupSql(conversation, "SELECT * FROM log ORDER BY number");
  return rows.map((row) => ({
    number: Number(row["number"]),
    id: `${row["user"]}:${row["device"]}:${row["counter"]}`,
    body: JSON.parse(String(row["body"])),
    changes: row["changes"] === null ? undefined : JSON.parse(String(row["changes"])),
  }));
}

async function membersOf(conversation: string): Promise<Map<string, Member>> {
  const rows = await groupSql(conversation, "SELECT state FROM members");
  const members = rows.map((row) => JSON.parse(String(row["state"])) as Member);
  return new Map(members.map((member) => [member.user, member]));
}

/** Waits until every object has what it is owed: alarms run by themselves. */
async function untilAtRest({ conversation, people }: Crowd): Promise<number> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const head = (await logOf(conversation)).length;
    const answer = await groupObject(conversation).request({ kind: "trace", number: head });
    const trace = answer.ok ? (answer.value as GroupTrace) : undefined;
    const isThere = trace?.members.every(({ have }) => have === head) ?? false;
    await Promise.all(people.map((person) => person.comeBack()));
    if (isThere && trace?.untold.length === 0) return head;
    if (Date.now() > deadline) throw new Error(`not at rest: ${JSON.stringify(trace)}`);
    // An object that was ended while its alarm ran is not always run again here.
    await Promise.all(people.map(({ user }) => fireAlarm(user)));
    await fireGroupAlarm(conversation);
  }
}

/** What a new device of this person is fed. */
async function seenBy(person: Person, conversation: string): Promise<Entry[]> {
  const device = new RawDevice(person.user);
  const { head } = await device.connect({ cursor: 0 });
  await device.until(() => (device.cursor >= head ? true : undefined));
  device.close();
  return entriesIn(device, conversation);
}

function asTruth({ number = 0, id = "", body, changes }: Entry): Truth {
  return { number, id, body, changes };
}

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
  const crowd = new Crowd(plan);
  await crowd.begin();
  await crowd.run();
  return check(crowd);
}

describe("R3 R15 a crowd", () => {
  test.each([1, 2, 3, 4, 5, 6])("R3 of ten, seed %i", async (seed) => {
    const plan = { seed, people: 10, members: 7, rounds: 40, atOnce: 3, crashes: 0.1 };
    const { entries } = await tell(plan);
    expect(entries).toBeGreaterThan(30);
  });

  test("R3 of two hundred, objects ending all the time", { timeout: 240_000 }, async () => {
    const plan = { seed: 7, people: 200, members: 180, rounds: 24, atOnce: 5, crashes: 0.08 };
    const { entries, members } = await tell(plan);
    expect(entries).toBeGreaterThan(50);
    expect(members).toBeGreaterThan(150);
  });
});
