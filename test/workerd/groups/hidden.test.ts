/** Rule R16: a group that is hidden from somebody, while one of the two objects is out of reach. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HandOff } from "../../../protocol/hand-offs.ts";
import { groupConversation } from "../../../protocol/ids.ts";
import { breakCallsTo, callsTo } from "../faults.ts";
import {
  changeSessions,
  deviceOf,
  evict,
  fireAlarm,
  forgetTrouble,
  objectOf,
  setAlarm,
  sqlOf,
} from "../objects.ts";
import { api, freshPolicy, newUser, type RawDevice } from "../support.ts";
import {
  entriesIn,
  evictGroup,
  fireGroupAlarm,
  freshId,
  groupObject,
  groupSql,
  placeOf,
  tell,
  textsIn,
} from "./support.ts";

// Nothing is tried again but by an alarm that is run here.
beforeEach(() => freshPolicy({ handOffDelaysMs: [3_600_000] }));
afterEach(() => freshPolicy());

async function block(device: RawDevice, user: string, on: boolean): Promise<void> {
  const ref = freshId();
  device.send({ t: "block", ref, user, on });
  await device.until(() => device.frames.find((one) => one.t === "done" && one.ref === ref));
}

/** Bea keeps Ann out, who has made a group with her and Cat and said a word. */
async function newWorld() {
  const ann = await deviceOf(newUser("ann"));
  const bea = await deviceOf(newUser("bea"));
  const cat = await deviceOf(newUser("cat"));
  await block(bea, ann.user, true);
  const conversation = groupConversation(freshId());
  const members = [bea.user, cat.user];
  await tell(ann, conversation, { kind: "group-create", title: "Trip", members });
  await placeOf(cat, conversation);
  await tell(ann, conversation, "one");
  await expect.poll(() => shunnedRows(bea)).toHaveLength(1);
  return { ann, bea, cat, conversation, id: conversation.slice("group:".length) };
}

function shunnedRows({ user }: RawDevice) {
  return sqlOf(user, "SELECT inviter FROM shunned");
}

/** Bea's object has asked the group, and the call has ended as it does. */
async function asked(bea: RawDevice, id: string): Promise<void> {
  const from = `user:${bea.user}`;
  await expect.poll(() => callsTo(id).filter((call) => call.from === from)).not.toEqual([]);
  await bea.settle();
}

/** What was held back is due, and the objects have forgotten everything. */
async function letTimePass(bea: RawDevice, conversation: string): Promise<void> {
  await forgetTrouble(bea.user);
  await fireAlarm(bea.user);
  await groupSql(conversation, "UPDATE facts SET value = '' WHERE name = 'resting'");
  await evictGroup(conversation);
  await fireGroupAlarm(conversation);
}

async function expectUnseen(bea: RawDevice, conversation: string): Promise<void> {
  await bea.settle();
  expect(entriesIn(bea, conversation)).toEqual([]);
  expect(bea.received.join()).not.toContain("Trip");
  const known = await (await api("/v1/conversations", bea.user)).json();
  expect(JSON.stringify(known)).not.toContain(conversation);
}

async function expectNothingOwed(conversation: string): Promise<void> {
  const trace = () => groupObject(conversation).request({ kind: "trace", number: 1 });
  await expect.poll(trace).toMatchObject({ ok: true, value: { untold: [] } });
}

/** Bea was there and has left, and keeps Ann out by now, whose group it is. */
async function newFormerMember() {
  const [ann, bea] = [await deviceOf(newUser("ann")), await deviceOf(newUser("bea"))];
  const conversation = groupConversation(freshId());
  const members = [bea.user];
  await tell(ann, conversation, { kind: "group-create", title: "Trip", members });
  await placeOf(bea, conversation);
  await tell(bea, conversation, { kind: "leave" });
  await placeOf(bea, conversation, ({ state }) => state === "left");
  await block(bea, ann.user, true);
  return { ann, bea, conversation };
}

test("R13 R16 who was there before and is hidden from asks once, and comes to rest", async () => {
  const { ann, bea, conversation } = await newFormerMember();
  await tell(ann, conversation, { kind: "members-add", users: [bea.user] });
  await expect.poll(() => shunnedRows(bea)).toEqual([{ inviter: ann.user }]);
  // As after a crash that took all but the alarm.
  await changeSessions(bea.user, (session) => ({ ...session, isSettled: false }));
  await setAlarm(bea.user);
  await evict(bea.user);
  await fireAlarm(bea.user);
  await asked(bea, conversation.slice("group:".length));
  await fireAlarm(bea.user);
  await bea.settle();
  expect(await fireAlarm(bea.user)).toBe(false);
});

test("R16 a group that asks has the same answer after the end of a place as before it", async () => {
  const { ann, bea, conversation, id } = await newWorld();
  const question: HandOff = { from: `group:${id}`, conversations: [{ conversation, have: 2 }] };
  const word = async () => (await objectOf(bea.user).handOff(question)).conversations[0];
  expect(await word()).toMatchObject({ have: 2, membershipKept: 1, live: false });
  await tell(ann, conversation, { kind: "members-remove", users: [bea.user] });
  await expect.poll(() => shunnedRows(bea)).toEqual([{ inviter: "" }]);
  expect(await word()).toMatchObject({ have: 2, membershipKept: 3, live: false });
});

describe.each(["before", "after"] as const)("calls that fail %s their commit", (fault) => {
  test("R13 R16 whoever lets the inviter in again sees the group as soon as it can be asked", async () => {
    const { ann, bea, conversation, id } = await newWorld();
    breakCallsTo(id, fault);
    await block(bea, ann.user, false);
    await asked(bea, id);
    await forgetTrouble(bea.user);
    breakCallsTo(id, undefined);
    expect(await fireAlarm(bea.user)).toBe(true);
    expect(await textsIn(bea, conversation, 1)).toEqual(["one"]);
    expect(await shunnedRows(bea)).toEqual([]);
  });

  test("R16 who is removed after that, and before it is asked, has never heard of it", async () => {
    const { ann, bea, conversation, id } = await newWorld();
    breakCallsTo(id, fault);
    await block(bea, ann.user, false);
    await asked(bea, id);
    breakCallsTo(id, undefined);
    await tell(ann, conversation, { kind: "members-remove", users: [bea.user] });
    await letTimePass(bea, conversation);
    await expect.poll(() => shunnedRows(bea)).toEqual([{ inviter: "" }]);
    await expectNothingOwed(conversation);
    await expectUnseen(bea, conversation);
  });

  test("R16 who is removed out of reach has never heard of it, nor by asking", async () => {
    const { ann, bea, conversation, id } = await newWorld();
    breakCallsTo(bea.user, fault);
    await tell(ann, conversation, { kind: "members-remove", users: [bea.user] });
    await block(bea, ann.user, false);
    await bea.settle();
    breakCallsTo(bea.user, undefined);
    if (fault === "before") await asked(bea, id);
    await letTimePass(bea, conversation);
    await expect.poll(() => shunnedRows(bea)).toEqual([{ inviter: "" }]);
    await expectNothingOwed(conversation);
    await expectUnseen(bea, conversation);
  });

  test("R16 who is brought in and removed again out of reach has never heard of it", async () => {
    const [ann, bea] = [await deviceOf(newUser("ann")), await deviceOf(newUser("bea"))];
    await block(bea, ann.user, true);
    breakCallsTo(bea.user, fault);
    const conversation = groupConversation(freshId());
    const users = [bea.user];
    await tell(ann, conversation, { kind: "group-create", title: "Trip", members: users });
    await tell(ann, conversation, { kind: "members-remove", users });
    breakCallsTo(bea.user, undefined);
    await letTimePass(bea, conversation);
    await expectNothingOwed(conversation);
    await expectUnseen(bea, conversation);
  });

  test("R16 who was there before, and is brought in and removed out of reach, has not heard of that", async () => {
    const { ann, bea, conversation } = await newFormerMember();
    const seen = entriesIn(bea, conversation).length;
    breakCallsTo(bea.user, fault);
    const users = [bea.user];
    await tell(ann, conversation, { kind: "members-add", users });
    await tell(ann, conversation, "secret");
    await tell(ann, conversation, { kind: "members-remove", users });
    breakCallsTo(bea.user, undefined);
    await letTimePass(bea, conversation);
    await expectNothingOwed(conversation);
    await bea.settle();
    expect(entriesIn(bea, conversation)).toHaveLength(seen);
  });

  test("R16 an inviter who is kept out again before the group is asked stays unseen", async () => {
    const { ann, bea, conversation, id } = await newWorld();
    breakCallsTo(id, fault);
    await block(bea, ann.user, false);
    await asked(bea, id);
    await block(bea, ann.user, true);
    breakCallsTo(id, undefined);
    const path = `/v1/users/${bea.user}/hand-offs/retry`;
    await api(path, "operator", { method: "POST" }, "operator");
    await letTimePass(bea, conversation);
    await expectNothingOwed(conversation);
    await expectUnseen(bea, conversation);
    expect(await shunnedRows(bea)).toEqual([{ inviter: ann.user }]);
  });
});
