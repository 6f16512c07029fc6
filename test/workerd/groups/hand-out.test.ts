/** Calls between a group and its members that fail, one way or the other. */
import { beforeAll, describe, expect, test } from "vitest";
import type { ReceiptsPage } from "../../../worker/group-requests.ts";
import { breakCallsTo, callsTo } from "../faults.ts";
import { fireAlarm, rowCount } from "../objects.ts";
import { api, freshPolicy, type RawDevice } from "../support.ts";
import {
  entriesIn,
  entryAt,
  evictGroup,
  fireGroupAlarm,
  groupSql,
  newGroup,
  placeOf,
  tell,
  textsIn,
} from "./support.ts";

beforeAll(() => freshPolicy({ handOffDelaysMs: [3_600_000] }));

async function group() {
  const { conversation, devices } = await newGroup(4);
  const [a, b, c, d] = devices as [RawDevice, RawDevice, RawDevice, RawDevice];
  return { conversation, id: conversation.slice(6), a, b, c, d };
}

/** An operator has everything tried again that is held back after a failure. */
async function offerAgain(user: string): Promise<void> {
  const path = `/v1/users/${user}/hand-offs/retry`;
  expect((await api(path, "operator", { method: "POST" }, "operator")).ok).toBe(true);
}

describe.each(["before", "after"] as const)("calls that fail %s their commit", (fault) => {
  test("R1 a message to a group out of reach is promised, and gets its number", async () => {
    const { conversation, id, a, b } = await group();
    breakCallsTo(id, fault);
    expect(await tell(a, conversation, "hold fast")).toMatchObject({ number: null });
    expect(await rowCount(a.user, "pending")).toBe(1);
    breakCallsTo(id, undefined);
    await offerAgain(a.user);
    expect(await entryAt(a, conversation, 2)).toMatchObject({ body: { text: "hold fast" } });
    expect(await textsIn(b, conversation, 1)).toEqual(["hold fast"]);
    expect(await rowCount(a.user, "pending")).toBe(0);
    expect(await groupSql(conversation, "SELECT number FROM log")).toHaveLength(2);
  });

  test("R1 what was promised and is refused after all fails, with its body", async () => {
    const { conversation, id, a, b } = await group();
    breakCallsTo(id, fault);
    breakCallsTo(b.user, fault);
    const kick = { kind: "members-remove", users: [a.user] } as const;
    expect(await tell(b, conversation, { ...kick, users: [...kick.users] })).toMatchObject({
      number: null,
    });
    breakCallsTo(id, undefined);
    breakCallsTo(b.user, undefined);
    await offerAgain(b.user);
    const failed = await b.until(() => b.entries.find(({ body }) => body.kind === "failed"));
    expect(failed).toMatchObject({
      conversation,
      body: { code: "not-allowed", content: { kind: "members-remove" } },
    });
  });

  test("R25 a member out of reach delays nobody, and gets everything by the alarm", async () => {
    const { conversation, a, b, c, d } = await group();
    breakCallsTo(c.user, fault);
    for (const text of ["one", "two", "three"]) await tell(a, conversation, text);
    for (const device of [b, d]) {
      expect(await textsIn(device, conversation, 3)).toEqual(["one", "two", "three"]);
    }
    const path = `/v1/groups/${conversation.slice(6)}/receipts?number=4`;
    const receipts = (await (await api(path, a.user)).json()) as ReceiptsPage;
    expect(receipts).toMatchObject({ of: 3, copies: 2, unreachable: 1 });
    // Held back after the failure: not hammered.
    expect(callsTo(c.user).filter(({ from }) => from === conversation)).toHaveLength(2);
    breakCallsTo(c.user, undefined);
    await letTimePass(conversation);
    expect(await textsIn(c, conversation, 3)).toEqual(["one", "two", "three"]);
    await c.settle();
    const numbers = entriesIn(c, conversation).flatMap(({ number }) => number ?? []);
    expect(numbers).toEqual([1, 2, 3, 4]);
  });

  test("R15 who is removed while out of reach is told by the alarm", async () => {
    const { conversation, a, c } = await group();
    breakCallsTo(c.user, fault);
    await tell(a, conversation, { kind: "members-remove", users: [c.user] });
    await tell(a, conversation, "said later");
    breakCallsTo(c.user, undefined);
    await letTimePass(conversation);
    await placeOf(c, conversation, ({ state }) => state === "removed");
    await c.settle();
    expect(c.received.join()).not.toContain("said later");
  });
});

/** Whoever is held back is due, and the group's object has forgotten everything. */
async function letTimePass(conversation: string): Promise<void> {
  await groupSql(conversation, "UPDATE facts SET value = '' WHERE name = 'resting'");
  await evictGroup(conversation);
  expect(await fireGroupAlarm(conversation)).toBe(true);
}

describe("an alarm", () => {
  test("R13 is gone once everybody has everything, and the next message costs no call too many", async () => {
    await freshPolicy({ safetyAlarmMs: 100 });
    const { conversation, a, b, c, d } = await group();
    await tell(a, conversation, "one");
    for (const device of [b, c, d]) await textsIn(device, conversation, 1);
    for (let round = 0; round < 50 && (await fireGroupAlarm(conversation)); round++) {
      for (const { user } of [a, b, c, d]) await fireAlarm(user);
      await a.settle();
    }
    expect(await fireGroupAlarm(conversation)).toBe(false);
    // Asleep and woken without an alarm, it owes nothing and asks nobody.
    await evictGroup(conversation);
    const before = callsTo(b.user).length;
    await tell(a, conversation, "two");
    expect(await textsIn(b, conversation, 2)).toEqual(["one", "two"]);
    await a.settle();
    expect(callsTo(b.user)).toHaveLength(before + 1);
  });
});
