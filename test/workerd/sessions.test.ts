import { beforeEach, describe, expect, test } from "vitest";
import { TIMING } from "../../protocol/timing.ts";
import { renewal } from "../../worker/renewal.ts";
import {
  changeSessions,
  deviceOf,
  evict,
  fireAlarm,
  pairAtHome,
  rowCount,
  sqlOf,
} from "./objects.ts";
import { api, freshPolicy, holdfast, newUser, RawDevice, setPolicy, tokenFor } from "./support.ts";

beforeEach(() => freshPolicy());

async function devicesOf(user: string): Promise<{ device: string; online: boolean }[]> {
  const response = await api("/v1/devices", user);
  return ((await response.json()) as { devices: { device: string; online: boolean }[] }).devices;
}

function revoke(device: RawDevice): Promise<Response> {
  return api(`/v1/devices/${device.device}`, device.user, { method: "DELETE" });
}

describe("R19 one session", () => {
  test("R19 a newer session of the device replaces the older, whose late frames change nothing", async () => {
    const user = newUser("alice");
    const old = await deviceOf(user);
    await old.result(old.say(user, "from the old one"));
    const young = new RawDevice(user, old.device);
    await young.connect({ cursor: 0 });
    expect(await old.untilClosed()).toMatchObject({ code: 4409 });
    const rows = await rowCount(user);
    // The old tab does not know yet: what it sends on must not count.
    for (const text of ['{"t":"ack","seq":1}', '{"t":"nack","seq":1,"reason":"x"}', "nonsense"]) {
      if (old.readyState === WebSocket.OPEN) old.sendText(text);
    }
    await young.settle();
    expect(await rowCount(user)).toBe(rows);
    expect((await devicesOf(user)).filter(({ online }) => online)).toHaveLength(1);
  });

  test("R19 frames of a session that was replaced while the object slept change nothing", async () => {
    const user = newUser("alice");
    const old = await deviceOf(user);
    const young = new RawDevice(user, old.device);
    await young.open();
    old.autoAck = false;
    await old.settle();
    await evict(user);
    young.hello({ cursor: 0 });
    // Under way while hello is.
    old.say(user, "too late");
    await young.next("welcome");
    await young.settle();
    const said = await rowCount(user);
    expect(said).toBeLessThanOrEqual(1);
    expect(await old.untilClosed()).toMatchObject({ code: 4409 });
    await young.settle();
    expect(await rowCount(user)).toBe(said);
  });

  test("R19 a tab with a lower epoch than the last is refused", async () => {
    const user = newUser("alice");
    const leading = new RawDevice(user);
    await leading.connect({ cursor: 0, epoch: 5 });
    const late = new RawDevice(user, leading.device);
    await late.open();
    late.hello({ cursor: 0, epoch: 4 });
    expect(await late.untilClosed()).toMatchObject({ code: 4409 });
    await leading.settle();
    const next = new RawDevice(user, leading.device);
    await next.connect({ cursor: 0, epoch: 6 });
    expect(await leading.untilClosed()).toMatchObject({ code: 4409 });
  });

  test("R19 a ticket opens one socket, also when the object has slept in between", async () => {
    const user = newUser("alice");
    const a = new RawDevice(user);
    const ticket = await a.askTicket();
    await a.connect({ cursor: 0, ticket });
    for (const sleeps of [false, true]) {
      if (sleeps) await evict(user);
      const thief = new RawDevice(user, a.device);
      await thief.open(ticket);
      expect(await thief.next("error")).toMatchObject({
        error: { code: "unauthenticated", rule: "ticket-used" },
      });
      expect(await thief.untilClosed()).toMatchObject({ code: 4401 });
    }
    await a.settle();
  });

  test("R19 two sockets with one ticket: the second is refused before any hello", async () => {
    const user = newUser("alice");
    const a = new RawDevice(user);
    const ticket = await a.askTicket();
    await a.open(ticket);
    const b = new RawDevice(user, a.device);
    await b.open(ticket);
    expect(await b.untilClosed()).toMatchObject({ code: 4401 });
    a.hello({ cursor: 0 });
    await a.next("welcome");
  });

  test("R19 the ticket from welcome opens the next socket without a token, once", async () => {
    const a = await deviceOf(newUser("alice"));
    a.close();
    await a.untilClosed();
    const { ticket } = a;
    await a.connect({ ticket });
    expect(a.ticket).not.toBe(ticket);
    const again = new RawDevice(a.user, a.device);
    await again.open(ticket);
    expect(await again.untilClosed()).toMatchObject({ code: 4401 });
  });

  test("R19 an eleventh device retires the one that was offline for longest", async () => {
    const user = newUser("alice");
    const all: RawDevice[] = [];
    for (let i = 0; i < 10; i++) all.push(await deviceOf(user));
    const [first, second] = all as [RawDevice, RawDevice];
    second.close();
    await second.untilClosed();
    await deviceOf(user);
    const left = (await devicesOf(user)).map(({ device }) => device);
    expect(left).toHaveLength(10);
    expect(left).not.toContain(second.device);
    expect(left).toContain(first.device);
    // All ten are online now: the one that came first has to go, and is told so.
    await deviceOf(user);
    expect(await first.untilClosed()).toMatchObject({ code: 4410 });
    expect(await devicesOf(user)).toHaveLength(10);
  });

  test("R19 a retired device can't come back with a ticket that it has used", async () => {
    const user = newUser("alice");
    const retired = new RawDevice(user);
    const used = await retired.askTicket();
    await retired.connect({ cursor: 0, ticket: used });
    retired.close();
    await retired.untilClosed();
    for (let i = 0; i < 10; i++) await deviceOf(user);
    expect((await devicesOf(user)).map(({ device }) => device)).not.toContain(retired.device);
    await retired.open(used);
    expect(await retired.untilClosed()).toMatchObject({ code: 4401 });
  });
});

describe("R15 not a byte more", () => {
  test.each([false, true])(
    "R15 a revoked device is closed at once (asleep: %s)",
    async (asleep) => {
      const user = newUser("alice");
      const lost = await deviceOf(user);
      const kept = await deviceOf(user);
      const { ticket } = lost;
      if (asleep) await evict(user);
      expect((await revoke(lost)).status).toBe(200);
      expect(await lost.untilClosed()).toMatchObject({ code: 4410 });
      const before = lost.received.length;
      await kept.result(kept.say(user, "canary"));
      await kept.settle();
      expect(lost.received).toHaveLength(before);
      // Neither the ticket it still has nor a new one for its token opens anything.
      const newTicket = await lost.askTicket();
      for (const one of [ticket, newTicket]) {
        const back = new RawDevice(user, lost.device);
        await back.open(one);
        expect(await back.untilClosed()).toMatchObject({ code: 4410 });
        expect(back.received.join()).not.toContain("canary");
      }
      expect((await devicesOf(user)).map(({ device }) => device)).toEqual([kept.device]);
      expect((await revoke(lost)).status).toBe(404);
    },
  );

  test("R15 a waiting socket of a revoked device is closed as well", async () => {
    const user = newUser("alice");
    const a = await deviceOf(user);
    const waiting = new RawDevice(user, a.device);
    await waiting.open();
    await revoke(a);
    expect(await waiting.untilClosed()).toMatchObject({ code: 4410 });
  });

  test("R15 a conversation of others looks like one that does not exist", async () => {
    const [alice, bob] = pairAtHome();
    const a = await deviceOf(alice);
    await a.result(a.say(bob, "canary"));
    const eve = await deviceOf(newUser("eve"));
    const real = `direct:${[alice, bob].sort().join(",")}`;
    const unreal = "direct:nobody.a,nobody.b";
    const mine = `direct:${[eve.user, "nobody"].sort().join(",")}`;
    for (const conversation of [real, unreal, mine]) {
      eve.send({ t: "history", ref: "h", conversation, limit: 10 });
      expect(await eve.next("error")).toEqual({
        t: "error",
        of: "history",
        ref: "h",
        error: { code: "not-found" },
      });
      eve.send({ t: "read", conversation, number: 1 });
      expect((await eve.next("error")).error).toEqual({ code: "not-found" });
      const path = `/v1/conversations/${encodeURIComponent(conversation)}/messages`;
      expect((await api(path, eve.user)).status).toBe(404);
    }
    for (const conversation of [real, unreal]) {
      const body = { kind: "recall", target: 1 } as const;
      const answer = await eve.submit({ conversation, counter: 1, prev: 0, body });
      expect(answer.error).toEqual({ code: "not-found" });
    }
    expect(eve.received.join()).not.toContain("canary");
    expect(await rowCount(bob)).toBe(1);
  });

  test("R15 unknown and forbidden recipients get the same answer", async () => {
    await setPolicy({ recipients: "known" });
    const [alice, bob] = pairAtHome();
    const [carol, dave] = pairAtHome();
    const a = await deviceOf(alice);
    const d = await deviceOf(dave);
    const [toBob, toCarol] = [a.say(bob, "hello?"), d.say(carol, "hello?")];
    expect((await a.result(toBob)).error).toEqual({ code: "not-found" });
    expect((await d.result(toCarol)).error).toEqual({ code: "not-found" });
    expect(await rowCount(bob)).toBe(0);
    // From the first sign-in on they are known.
    await deviceOf(bob);
    const body = { kind: "text", text: "hello!" } as const;
    const conversation = `direct:${[alice, bob].sort().join(",")}`;
    expect(await a.submit({ conversation, counter: 2, prev: 0, body })).toMatchObject({
      number: 1,
    });
  });
});

describe("tokens on a running session", () => {
  const PAST = Date.now() - TIMING.expiryGraceMs - 1_000;

  test("R14 an expired token is found out at the next frame", async () => {
    const a = await deviceOf(newUser("alice"));
    await changeSessions(a.user, (session) => ({ ...session, expiresAt: PAST }));
    a.say(a.user, "late");
    expect((await a.next("error")).error).toEqual({
      code: "unauthenticated",
      rule: "token-expired",
    });
    expect(await a.untilClosed()).toMatchObject({ code: 4401 });
    expect(await rowCount(a.user)).toBe(0);
  });

  test("R15 nothing is pushed to a session whose token has expired", async () => {
    const [alice, bob] = pairAtHome();
    const a = await deviceOf(alice);
    const b = await deviceOf(bob);
    await changeSessions(bob, (session) => ({ ...session, expiresAt: PAST }));
    await a.result(a.say(bob, "canary"));
    expect(await b.untilClosed()).toMatchObject({ code: 4401 });
    expect(b.received.join()).not.toContain("canary");
  });

  test("R15 no retry either, urgent ones included", async () => {
    await setPolicy({ windowEntries: 1 });
    const a = await deviceOf(newUser("writer"));
    const b = new RawDevice(a.user);
    b.autoAck = false;
    await b.connect({ cursor: 0 });
    await a.result(a.say(a.user, "one"));
    await a.result(a.say(a.user, "two"));
    const conversation = `direct:${a.user},${a.user}`;
    const body = { kind: "text", text: "now" } as const;
    await a.submit({ conversation, counter: 3, prev: 2, priority: "urgent", body });
    await b.until(() => b.frames.find((frame) => frame.t === "entries" && frame.from === 3));
    a.close();
    await a.untilClosed();
    await changeSessions(a.user, (session) => ({
      ...session,
      expiresAt: PAST,
      urgent: session.urgent.map((one) => ({ ...one, retryAt: 1 })),
    }));
    const before = b.received.length;
    await fireAlarm(a.user);
    expect(await b.untilClosed()).toMatchObject({ code: 4401 });
    expect(b.received).toHaveLength(before);
  });

  test("R14 a fresh token renews the session in band, another user's does not", async () => {
    const a = await deviceOf(newUser("alice"));
    a.send({ t: "renew", ref: "r1", token: await tokenFor(a.user) });
    const renewed = await a.next("renewed");
    expect(renewed).toMatchObject({ ref: "r1" });
    expect(renewed.expiresAt).toBeGreaterThan(Date.now());
    a.send({ t: "renew", ref: "r2", token: await tokenFor(newUser("eve")) });
    const { of, ref, error } = await a.next("error");
    expect({ of, ref, error }).toEqual({
      of: "renew",
      ref: "r2",
      error: { code: "unauthenticated" },
    });
    a.close();
    await a.untilClosed();
    await a.connect({ ticket: renewed.ticket });
  });

  test("R14 a renewal that ends in nothing says so", async () => {
    const answer = await renewal(holdfast, { user: "alice", device: "device-1", token: "x" });
    expect(answer).toEqual({ ok: false, code: "unauthenticated" });
  });
});

describe("R14 the end of a socket", () => {
  test.each([1000, 1001, 3000, 4000, 4999])("R14 a close with %i is answered", async (code) => {
    const a = await deviceOf(newUser("alice"));
    a.close(code);
    expect(await a.untilClosed()).toMatchObject({ code });
    expect(a.readyState).toBe(WebSocket.CLOSED);
    expect(await devicesOf(a.user)).toMatchObject([{ online: false }]);
  });

  test("R14 also while the object sleeps; the cursor is kept", async () => {
    const a = await deviceOf(newUser("alice"));
    await a.result(a.say(a.user, "note"));
    await a.texts(1);
    await a.settle();
    await evict(a.user);
    a.close();
    await a.untilClosed();
    const [row] = await sqlOf(a.user, "SELECT state FROM devices");
    expect(JSON.parse(String(row?.["state"]))).toMatchObject({ cursor: 1 });
    expect(await devicesOf(a.user)).toMatchObject([{ online: false, behind: 0 }]);
  });

  test("R20 heartbeats are answered without waking anybody, with the newest seq", async () => {
    const a = await deviceOf(newUser("alice"));
    expect(await a.ping()).toBe(0);
    await a.result(a.say(a.user, "note"));
    await a.settle();
    expect(await a.ping()).toBe(1);
    await evict(a.user);
    expect(await a.ping()).toBe(1);
    // Had the ping woken the object, there would be something to put to sleep again.
    await expect(evict(a.user)).rejects.toThrow();
  });

  test("R20 any other spelling is a frame like others", async () => {
    const a = await deviceOf(newUser("alice"));
    a.sendText('{ "t": "ping" }');
    expect((await a.next("error")).error).toMatchObject({ code: "bad-frame", field: "t" });
  });
});
