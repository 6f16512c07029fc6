import { listDurableObjectIds } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { directConversation } from "../../protocol/ids.ts";
import type { Presence } from "../../protocol/presence.ts";
import type { ServerFrame } from "../../protocol/server-frames.ts";
import { alarmOf, changeSessions, deviceOf, evict, rowCount } from "./objects.ts";
import { api, freshPolicy, holdfast, newUser, type RawDevice } from "./support.ts";

beforeAll(() => freshPolicy());

async function prefer(user: string, patch: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify(patch);
  const response = await api("/v1/preferences", user, { method: "PUT", body, headers });
  if (!response.ok) throw new Error(await response.text());
}

async function presenceOf(device: RawDevice, user: string): Promise<Presence> {
  const told = (frame: ServerFrame) =>
    frame.t === "presence" ? frame.users.find((one) => one.user === user) : undefined;
  return device.until(() => {
    const index = device.frames.findIndex((frame) => told(frame) !== undefined);
    const [frame] = index === -1 ? [] : device.frames.splice(index, 1);
    return frame === undefined ? undefined : told(frame);
  });
}

async function look(device: RawDevice, user: string): Promise<Presence> {
  device.send({ t: "watch", users: [user] });
  return presenceOf(device, user);
}

/** Two people who have written to each other. */
async function acquainted() {
  const [a, b] = [await deviceOf(newUser("alice")), await deviceOf(newUser("bob"))];
  await a.result(a.say(b.user, "hello"));
  await b.texts(1);
  await b.result(b.say(a.user, "hi"));
  await a.texts(2);
  return { a, b, conversation: directConversation(a.user, b.user) };
}

/** Closes the socket, and waits until the user's object has noticed. */
async function leave(device: RawDevice): Promise<void> {
  device.close();
  await vi.waitFor(async () => {
    const response = await api("/v1/devices", device.user);
    const { devices } = (await response.json()) as { devices: { online: boolean }[] };
    expect(devices.filter(({ online }) => online)).toEqual([]);
  });
}

async function requestsOf(user: string): Promise<number> {
  return (await holdfast.USER.getByName(user).meter()).requests;
}

describe("R22 presence", () => {
  test("R22 whoever looks is told how it is, and what changes", async () => {
    const { a, b } = await acquainted();
    expect(await look(a, b.user)).toEqual({ user: b.user, online: true });
    b.close();
    expect(await presenceOf(a, b.user)).toMatchObject({ online: false });
    const again = await look(a, b.user);
    expect(Date.now() - (again.lastSeenAt ?? 0)).toBeLessThan(60_000);
    await b.connect();
    expect(await presenceOf(a, b.user)).toEqual({ user: b.user, online: true });
  });

  test("R22 nothing of it stands in a row or sets an alarm, and sleep forgets no one who looks", async () => {
    const { a, b } = await acquainted();
    const kept = async () => [
      await rowCount(a.user),
      await rowCount(b.user),
      await alarmOf(a.user),
      await alarmOf(b.user),
    ];
    const before = await kept();
    await look(a, b.user);
    await evict(a.user, b.user);
    b.close();
    expect(await presenceOf(a, b.user)).toMatchObject({ online: false });
    expect(await kept()).toEqual(before);
  });

  test("R22 whoever does not look, or no longer, is not called", async () => {
    const { a, b } = await acquainted();
    const before = await requestsOf(a.user);
    await leave(b);
    await b.connect();
    await b.settle();
    expect(await requestsOf(a.user)).toBe(before);
    await look(a, b.user);
    const now = Date.now();
    await changeSessions(b.user, (one) => ({ ...one, watchers: [[a.user, now - 1]] }));
    const looked = await requestsOf(a.user);
    await leave(b);
    expect(await requestsOf(a.user)).toBe(looked);
  });

  test("R22 a hint for somebody who has stopped looking is the last", async () => {
    const { a, b } = await acquainted();
    await look(a, b.user);
    a.send({ t: "watch", users: [] });
    await a.settle();
    const before = await requestsOf(a.user);
    await leave(b);
    await b.connect();
    await b.settle();
    await leave(b);
    await b.connect();
    await b.settle();
    expect((await requestsOf(a.user)) - before).toBeLessThanOrEqual(1);
    expect(a.frames.filter(({ t }) => t === "presence")).toEqual([]);
  });

  test("R22 strangers, the blocked and whoever is not to know get the answer of nobody there", async () => {
    const { a, b } = await acquainted();
    const nobody = { user: b.user, online: false };
    const stranger = await deviceOf(newUser("mallory"));
    expect(await look(stranger, b.user)).toEqual(nobody);
    await stranger.result(stranger.say(b.user, "hey"));
    expect(await look(stranger, b.user)).toEqual(nobody);
    await prefer(b.user, { presence: "everyone" });
    expect(await look(stranger, b.user)).toMatchObject({ online: true });
    await prefer(b.user, { presence: "nobody" });
    expect(await look(a, b.user)).toEqual(nobody);
    await prefer(b.user, { presence: "contacts" });
    b.send({ t: "block", ref: "x", user: a.user, on: true });
    await b.settle();
    expect(await look(a, b.user)).toEqual(nobody);
    await leave(b);
    await a.settle();
    expect(a.frames.filter(({ t }) => t === "presence")).toEqual([]);
  });
});

test("R22 nobody's object comes to life because somebody tries names", async () => {
  const a = await deviceOf(newUser("alice"));
  const never = newUser("never");
  expect(await look(a, never)).toEqual({ user: never, online: false });
  const { USER } = env;
  const known = (await listDurableObjectIds(USER)).map((id) => id.toString());
  expect(known).not.toContain(USER.idFromName(never).toString());
});

describe("R22 typing", () => {
  test("R22 it reaches whoever looks, once in a while, and nobody else", async () => {
    const { a, b, conversation } = await acquainted();
    b.send({ t: "typing", conversation, on: true });
    await b.settle();
    await look(a, b.user);
    const rows = await rowCount(a.user);
    for (const on of [true, true, false]) b.send({ t: "typing", conversation, on });
    const stopped = await a.until(() => a.frames.find((one) => one.t === "typing" && !one.on));
    expect(stopped).toEqual({ t: "typing", conversation, user: b.user, on: false });
    expect(a.frames.filter(({ t }) => t === "typing")).toHaveLength(2);
    expect(await rowCount(a.user)).toBe(rows);
    expect(b.frames.filter(({ t }) => t === "typing")).toEqual([]);
  });

  test("R22 neither side of a block sees the other type", async () => {
    const { a, b, conversation } = await acquainted();
    await look(a, b.user);
    await look(b, a.user);
    b.send({ t: "block", ref: "x", user: a.user, on: true });
    await b.settle();
    a.send({ t: "typing", conversation, on: true });
    b.send({ t: "typing", conversation, on: true });
    await a.settle();
    await b.settle();
    await look(a, b.user);
    await look(b, a.user);
    expect([...a.frames, ...b.frames].filter(({ t }) => t === "typing")).toEqual([]);
  });

  test("R14 typing in somebody else's conversation is refused", async () => {
    const a = await deviceOf(newUser("alice"));
    a.send({ t: "typing", conversation: "direct:nobody.a,nobody.b", on: true });
    expect(await a.next("error")).toMatchObject({ of: "typing", error: { code: "not-found" } });
  });
});
