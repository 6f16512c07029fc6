import { beforeAll, describe, expect, test, vi } from "vitest";
import { LIMITS } from "../../../protocol/limits.ts";
import { alarmOf, changeSessions, evict, rowCount } from "../objects.ts";
import { freshPolicy, holdfast, newUser, type RawDevice } from "../support.ts";
import {
  evictGroup,
  groupObject,
  groupSql,
  newGroup,
  placeOf,
  refusalOf,
  tell,
} from "./support.ts";

beforeAll(() => freshPolicy());

/** Three members. */
async function talkers() {
  const { conversation, devices } = await newGroup(3);
  const [a, b, c] = devices as [RawDevice, RawDevice, RawDevice];
  return { conversation, a, b, c };
}

async function look(device: RawDevice, ...groups: string[]): Promise<void> {
  device.send({ t: "watch", users: [], groups });
  await device.settle();
}

/** Says it, and waits until its user's object has taken it. */
async function type(device: RawDevice, conversation: string, on = true): Promise<void> {
  device.send({ t: "typing", conversation, on });
  await device.settle();
}

/** As `type`, and waits until the group has heard of it. */
async function typeHeard(device: RawDevice, conversation: string): Promise<void> {
  const heard = async () => (await groupObject(conversation).meter()).requests;
  const before = await heard();
  await type(device, conversation);
  await vi.waitFor(async () => expect(await heard()).toBeGreaterThan(before));
}

function typed({ frames }: RawDevice) {
  return frames.filter(({ t }) => t === "typing");
}

async function requestsOf(user: string): Promise<number> {
  return (await holdfast.USER.getByName(user).meter()).requests;
}

describe("R22 typing in groups", () => {
  test("R22 whoever looks is told once in a while, and nobody else is called", async () => {
    const { conversation, a, b, c } = await talkers();
    await look(b, conversation);
    const rows = await rowCount(b.user);
    const group = await groupSql(conversation, "SELECT count(*) AS rows FROM facts");
    const alarms = [await alarmOf(a.user), await alarmOf(b.user)];
    const before = await requestsOf(c.user);
    for (const on of [true, true, false, false, true]) await type(a, conversation, on);
    const stopped = await b.until(() => b.frames.find((one) => one.t === "typing" && !one.on));
    expect(stopped).toEqual({ t: "typing", conversation, user: a.user, on: false });
    expect(typed(b)).toHaveLength(2);
    expect(typed(a)).toEqual([]);
    expect(typed(c)).toEqual([]);
    expect(await requestsOf(c.user)).toBe(before);
    expect(await rowCount(b.user)).toBe(rows);
    expect(await groupSql(conversation, "SELECT count(*) AS rows FROM facts")).toEqual(group);
    expect([await alarmOf(a.user), await alarmOf(b.user)]).toEqual(alarms);
  });

  test("R22 a user's sleep forgets no look; the group's ends with the next entry or watch", async () => {
    const { conversation, a, b, c } = await talkers();
    await look(b, conversation);
    await evict(b.user);
    await type(a, conversation);
    await b.next("typing");
    await evictGroup(conversation);
    const before = await requestsOf(b.user);
    await typeHeard(c, conversation);
    expect(await requestsOf(b.user)).toBe(before);
    await tell(c, conversation, "hello");
    await b.texts(1);
    await evict(a.user);
    await type(a, conversation);
    expect(await b.next("typing")).toMatchObject({ user: a.user });
    await evictGroup(conversation);
    await look(b, conversation);
    await evict(a.user);
    await type(a, conversation);
    expect(await b.next("typing")).toMatchObject({ user: a.user });
  });

  test("R22 who types and looks is told of the others", async () => {
    const { conversation, a, b } = await talkers();
    await look(a, conversation);
    await look(b, conversation);
    await evictGroup(conversation);
    await type(a, conversation);
    await type(b, conversation);
    expect(await a.next("typing")).toMatchObject({ user: b.user });
  });

  test("R22 a hint for somebody who looks no more is the last", async () => {
    const { conversation, a, b, c } = await talkers();
    await look(b, conversation);
    await look(c, conversation);
    await look(b);
    await type(a, conversation);
    await c.next("typing");
    const before = await requestsOf(b.user);
    await type(a, conversation, false);
    await c.next("typing");
    expect(await requestsOf(b.user)).toBe(before);
    expect(typed(b)).toEqual([]);
    // As long as it was said for, and no longer.
    await changeSessions(c.user, (one) => ({ ...one, watchUntil: Date.now() - 1 }));
    await evict(a.user);
    await type(a, conversation);
    await tell(a, conversation, "hello");
    await c.texts(1);
    expect(typed(c)).toEqual([]);
  });

  test("R15 whoever was removed sees nobody type, also after the group's sleep, and is seen by nobody", async () => {
    const { conversation, a, b, c } = await talkers();
    await look(b, conversation);
    await look(c, conversation);
    await tell(a, conversation, { kind: "members-remove", users: [b.user] });
    await placeOf(b, conversation, ({ state }) => state === "removed");
    await type(a, conversation);
    await c.next("typing");
    await evictGroup(conversation);
    await look(b, conversation);
    await look(c, conversation);
    await evict(a.user);
    await type(a, conversation);
    await c.next("typing");
    await b.settle();
    expect(typed(b)).toEqual([]);
    b.send({ t: "typing", conversation, on: true });
    expect(await b.next("error")).toMatchObject({ of: "typing", error: { code: "not-found" } });
  });

  test("R15 the group judges by itself whose object it listens to, and whom it tells", async () => {
    const { conversation, a, b, c } = await talkers();
    await tell(a, conversation, { kind: "members-remove", users: [b.user] });
    await look(c, conversation);
    const group = groupObject(conversation);
    const stranger = newUser("mallory");
    for (const from of [b.user, stranger]) {
      await group.hint({ kind: "watch", from });
      await group.hint({ kind: "typing", from, conversation, on: true, looks: true });
    }
    const before = [await requestsOf(b.user), await requestsOf(stranger)];
    await type(a, conversation);
    expect(await c.next("typing")).toMatchObject({ user: a.user });
    expect(typed(c)).toEqual([]);
    expect([await requestsOf(b.user), await requestsOf(stranger)]).toEqual(before);
  });

  test("R22 nobody is told of who may not write", async () => {
    const { conversation, a, b, c } = await talkers();
    const until = Date.now() + 600_000;
    expect(
      await refusalOf(a, conversation, { kind: "member-silence", user: b.user, until }),
    ).toBeUndefined();
    await look(c, conversation);
    await type(b, conversation);
    await type(a, conversation);
    expect(await c.next("typing")).toMatchObject({ user: a.user });
    expect(typed(c)).toEqual([]);
  });

  test("R22 a group that is too large tells nobody, quietly", async () => {
    const { conversation, a, b, c } = await talkers();
    await look(b, conversation);
    const members = Array.from({ length: LIMITS.typingMembers - 2 }, (_, i) => newUser(`n${i}`));
    await tell(a, conversation, { kind: "members-add", users: members });
    await look(b, conversation);
    await typeHeard(a, conversation);
    await tell(c, conversation, "hello");
    await b.texts(1);
    expect(typed(b)).toEqual([]);
    expect(a.frames.filter(({ t }) => t === "error")).toEqual([]);
  });

  test("R14 groups that are none of one's own, and what is no group", async () => {
    const { conversation, a } = await talkers();
    const { conversation: other, devices } = await newGroup(2);
    const [owner] = devices as [RawDevice];
    await look(a, other, conversation);
    await type(owner, other);
    await a.settle();
    expect(typed(a)).toEqual([]);
    a.send({ t: "watch", users: [], groups: ["direct:a,b"] });
    expect(await a.next("error")).toMatchObject({ of: "watch", error: { code: "bad-field" } });
  });
});
