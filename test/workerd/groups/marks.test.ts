/** Who has a message, and who has read it. */
import { beforeAll, describe, expect, test } from "vitest";
import type { ReceiptsPage } from "../../../worker/group-requests.ts";
import { callsTo } from "../faults.ts";
import { fireAlarm } from "../objects.ts";
import { api, freshPolicy, type RawDevice } from "../support.ts";
import { fireGroupAlarm, groupObject, newGroup, tell, textsIn } from "./support.ts";

beforeAll(() => freshPolicy());

async function receiptsOf(device: RawDevice, conversation: string, number: number, query = "") {
  const path = `/v1/groups/${conversation.slice(6)}/receipts?number=${number}${query}`;
  const response = await api(path, device.user);
  return (await response.json()) as ReceiptsPage;
}

/** Four people, one of them away; two have a message and one of these has read it. */
async function readByOne() {
  const { conversation, devices } = await newGroup(4);
  const [a, b, c, d] = devices as [RawDevice, RawDevice, RawDevice, RawDevice];
  d.close();
  await d.untilClosed();
  await tell(a, conversation, "who is there?");
  for (const device of [b, c]) await textsIn(device, conversation, 1);
  b.send({ t: "read", conversation, number: 2 });
  for (const device of [b, c]) await device.settle();
  return { conversation, a, b, c, d };
}

describe("marks in a group", () => {
  test("R9 are told by the alarm, and known by count and by name", async () => {
    const { conversation, a, b, c, d } = await readByOne();
    expect(await receiptsOf(a, conversation, 2)).toMatchObject({ of: 3, delivered: 0, copies: 3 });
    for (const { user } of [b, c]) expect(await fireAlarm(user)).toBe(true);
    expect(await receiptsOf(a, conversation, 2)).toEqual({
      number: 2,
      of: 3,
      delivered: 2,
      read: 1,
      copies: 3,
      unreachable: 0,
      members: [
        { user: b.user, copied: true, delivered: true, read: true },
        { user: c.user, copied: true, delivered: true, read: false },
        { user: d.user, copied: true, delivered: false, read: false },
      ],
    });
    const rest = await receiptsOf(a, conversation, 2, `&after=${c.user}`);
    expect(rest.members).toMatchObject([{ user: d.user }]);
  });

  test("R9 ride on the answers to what is handed out, without a call of their own", async () => {
    const { conversation, a, b } = await readByOne();
    const before = callsTo(conversation.slice(6)).length;
    await tell(a, conversation, "and now?");
    await textsIn(b, conversation, 2);
    expect(await receiptsOf(a, conversation, 2)).toMatchObject({ delivered: 2, read: 1 });
    // The author's own, and nobody else's.
    expect(callsTo(conversation.slice(6))).toHaveLength(before + 1);
  });

  test("R13 are asked for again after a crash", async () => {
    const { conversation, a, b, c } = await readByOne();
    for (const { user } of [b, c]) expect(await fireAlarm(user)).toBe(true);
    // The object ends before it can answer: the call failing is the call having worked.
    await groupObject(conversation)
      .crash()
      .catch(() => undefined);
    expect(await fireGroupAlarm(conversation)).toBe(true);
    expect(await receiptsOf(a, conversation, 2)).toMatchObject({ delivered: 2, read: 1 });
  });

  test("are hinted to their author's devices in one total", async () => {
    const { conversation, a, b, c } = await readByOne();
    for (const { user } of [b, c]) expect(await fireAlarm(user)).toBe(true);
    expect(await fireGroupAlarm(conversation)).toBe(true);
    const hint = await a.next("totals");
    expect(hint).toEqual({
      t: "totals",
      conversation,
      number: 2,
      delivered: 2,
      read: 1,
      of: 3,
    });
  });

  test("are hinted anew when somebody who lacked the message has left", async () => {
    const { conversation, a, b, c, d } = await readByOne();
    for (const { user } of [b, c]) expect(await fireAlarm(user)).toBe(true);
    expect(await fireGroupAlarm(conversation)).toBe(true);
    expect(await a.next("totals")).toMatchObject({ number: 2, delivered: 2, of: 3 });
    await tell(a, conversation, { kind: "members-remove", users: [d.user] });
    const newest = async () => {
      await fireGroupAlarm(conversation);
      return a.frames.findLast(({ t }) => t === "totals");
    };
    await expect.poll(newest, { timeout: 5_000 }).toMatchObject({ delivered: 2, of: 2 });
  });
});
