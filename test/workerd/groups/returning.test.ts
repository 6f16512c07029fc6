/** R11: what is edited and taken back while a copy is not continued reaches it all the same. */
import { beforeAll, describe, expect, test } from "vitest";
import { breakCallsTo } from "../faults.ts";
import { deviceOf, fireAlarm, objectOf, sqlOf } from "../objects.ts";
import { freshPolicy, newUser, RawDevice } from "../support.ts";
import { entryAt, fireGroupAlarm, groupObject, newGroup, placeOf, tell } from "./support.ts";

const COPY_MEMBERS = 4;
const CANARY = "words that are taken back";
const FORMER = "words that are edited";

beforeAll(() =>
  freshPolicy({ groupCopyMembers: COPY_MEMBERS, handOffDelaysMs: [20], safetyAlarmMs: 100 }),
);

/** A group with copies; the last of its members has both messages in theirs. */
async function copied() {
  const { conversation, devices } = await newGroup(COPY_MEMBERS, { history: "start" });
  const [a, b, c, d] = devices as [RawDevice, RawDevice, RawDevice, RawDevice];
  const { number: recalled } = await tell(a, conversation, CANARY);
  const { number: edited } = await tell(a, conversation, FORMER);
  await entryAt(d, conversation, edited ?? 0);
  return { conversation, a, b, c, d, recalled: recalled ?? 0, edited: edited ?? 0 };
}

type Copied = Awaited<ReturnType<typeof copied>>;

/** Two more come, which is more than there may be copies. */
async function grow({ conversation, a, b }: Copied): Promise<string[]> {
  const users = [newUser("fifth"), newUser("sixth")];
  for (const user of users) await deviceOf(user);
  await tell(a, conversation, { kind: "members-add", users });
  await placeOf(b, conversation, ({ mode }) => mode === "large");
  return users;
}

async function change({ conversation, a, recalled, edited }: Copied): Promise<void> {
  await tell(a, conversation, { kind: "recall", target: recalled });
  await tell(a, conversation, { kind: "edit", target: edited, text: "edited" });
}

async function remove({ conversation, a, d }: Copied): Promise<void> {
  await tell(a, conversation, { kind: "members-remove", users: [d.user] });
  await placeOf(d, conversation, ({ state }) => state === "removed");
}

async function bringBack({ conversation, a, d }: Copied): Promise<number> {
  const { number } = await tell(a, conversation, { kind: "members-add", users: [d.user] });
  return number ?? 0;
}

/** Neither the rows nor what a new device is fed have the old words. */
async function expectChanged({ conversation, d, edited }: Copied): Promise<void> {
  const words = expect.poll(() => wordsOf(d), { timeout: 5_000 });
  await words.not.toMatch(new RegExp(`${CANARY}|${FORMER}`));
  const fresh = new RawDevice(d.user);
  await fresh.connect({ cursor: 0 });
  expect(await entryAt(fresh, conversation, edited)).toMatchObject({ body: { text: "edited" } });
  expect(fresh.received.join()).not.toContain(CANARY);
  fresh.close();
}

async function wordsOf({ user }: RawDevice): Promise<string> {
  return JSON.stringify(await sqlOf(user, "SELECT body FROM timeline"));
}

describe("R11 who comes back where the past is shown", () => {
  test("R11 to a large group keeps no words of their copy that were changed meanwhile", async () => {
    const group = await copied();
    await grow(group);
    await remove(group);
    await change(group);
    await bringBack(group);
    await placeOf(group.d, group.conversation, ({ state }) => state === "member");
    await expectChanged(group);
  });

  test("R13 nor when both objects end before it is told", async () => {
    const group = await copied();
    const { conversation, d } = group;
    await grow(group);
    await remove(group);
    await change(group);
    breakCallsTo(d.user, "before");
    await bringBack(group);
    await groupObject(conversation)
      .crash()
      .catch(() => undefined);
    await objectOf(d.user)
      .crash()
      .catch(() => undefined);
    breakCallsTo(d.user, undefined);
    await d.connect({ cursor: d.cursor });
    await fireGroupAlarm(conversation);
    await fireAlarm(d.user);
    await placeOf(d, conversation, ({ state }) => state === "member");
    await expectChanged(group);
  });

  test("R11 to copies that have begun anew meanwhile", async () => {
    const group = await copied();
    const { conversation, a, b } = group;
    const users = await grow(group);
    await remove(group);
    await change(group);
    await tell(a, conversation, { kind: "members-remove", users });
    await placeOf(b, conversation, ({ mode }) => mode === "copy");
    const back = await bringBack(group);
    await entryAt(group.d, conversation, back);
    await expectChanged(group);
    const { number } = await tell(a, conversation, "and on it goes");
    await entryAt(group.d, conversation, number ?? 0);
  });
});

describe("R11 whose object is out of reach", () => {
  test("R11 while the group grows large still hears what came before that", async () => {
    const group = await copied();
    const { d } = group;
    breakCallsTo(d.user, "before");
    await change(group);
    await grow(group);
    breakCallsTo(d.user, undefined);
    await expectChanged(group);
  });

  test("R11 while it grows large and small again still hears what came between", async () => {
    const group = await copied();
    const { conversation, a, b, c, d } = group;
    breakCallsTo(d.user, "before");
    const users = await grow(group);
    await change(group);
    await tell(a, conversation, { kind: "members-remove", users: [...users, c.user] });
    await placeOf(b, conversation, ({ mode }) => mode === "copy");
    breakCallsTo(d.user, undefined);
    await expectChanged(group);
    const { number } = await tell(a, conversation, "and on it goes");
    await entryAt(d, conversation, number ?? 0);
  });

  test("R3 when they are removed and come back has all of their copy", async () => {
    const group = await copied();
    const { conversation, a, d } = group;
    breakCallsTo(d.user, "before");
    const { number } = await tell(a, conversation, "not copied yet");
    await change(group);
    await tell(a, conversation, { kind: "members-remove", users: [d.user] });
    breakCallsTo(d.user, undefined);
    await placeOf(d, conversation, ({ state }) => state === "removed");
    const back = await bringBack(group);
    await entryAt(d, conversation, back);
    await expectChanged(group);
    // It came while its user was out, as a stub; who begins now is told what it says.
    const fresh = new RawDevice(d.user);
    await fresh.connect({ cursor: 0 });
    const missed = await entryAt(fresh, conversation, number ?? 0);
    expect(missed).toMatchObject({ body: { text: "not copied yet" } });
    fresh.close();
  });
});
