import { beforeEach, describe, expect, test } from "vitest";
import { directConversation } from "../../protocol/ids.ts";
import type { EntriesFrame } from "../../protocol/server-frames.ts";
import {
  alarmOf,
  changeSessions,
  crash,
  deviceOf,
  evict,
  fireAlarm,
  pairAtHome,
  sqlOf,
} from "./objects.ts";
import { api, deviceTimelineOf, freshPolicy, newUser, RawDevice, setPolicy } from "./support.ts";

beforeEach(() => freshPolicy());

function fedTo(device: RawDevice): EntriesFrame[] {
  return device.frames.filter((frame) => frame.t === "entries");
}

function receipts(device: RawDevice) {
  return device.entries.flatMap(({ body }) => (body.kind === "receipt" ? [body] : []));
}

/** Somebody who writes notes to themselves: a timeline without anybody else's doing. */
async function writer(notes: number, prefix = "note") {
  const device = await deviceOf(newUser("writer"));
  for (let i = 1; i <= notes; i++) device.say(device.user, `${prefix} ${i}`);
  await device.texts(notes);
  await device.settle();
  return device;
}

function silent(user: string): RawDevice {
  const device = new RawDevice(user);
  device.autoAck = false;
  return device;
}

test("R5 a push is not a delivery, an ack is", async () => {
  const [alice, bob] = pairAtHome();
  const a = await deviceOf(alice);
  const b = silent(bob);
  await b.connect({ cursor: 0 });
  await a.result(a.say(bob, "hello"));
  await b.texts(1);
  await a.settle();
  expect(receipts(a)).toEqual([]);
  await fireAlarm(bob);
  await fireAlarm(alice);
  await evict(bob);
  b.ack(1);
  expect(await a.until(() => receipts(a)[0])).toMatchObject({ user: bob, delivered: 1, read: 0 });
});

test("R5 a device that closed before its ack has delivered nothing", async () => {
  const [alice, bob] = pairAtHome();
  const a = await deviceOf(alice);
  const b = silent(bob);
  await b.connect({ cursor: 0 });
  await a.result(a.say(bob, "hello"));
  await b.texts(1);
  b.close();
  await b.untilClosed();
  await b.connect({ cursor: 0 });
  await b.settle();
  await a.settle();
  expect(receipts(a)).toEqual([]);
});

test("R6 hello's cursor counts as an ack", async () => {
  const [alice, bob] = pairAtHome();
  const a = await deviceOf(alice);
  const b = silent(bob);
  await b.connect({ cursor: 0 });
  await a.result(a.say(bob, "hello"));
  await b.texts(1);
  b.close();
  await b.untilClosed();
  await b.connect({ cursor: 1 });
  expect(await a.until(() => receipts(a)[0])).toMatchObject({ delivered: 1 });
});

test("R6 an ack beyond what this session was sent is refused and changes nothing", async () => {
  const a = await writer(3);
  const b = silent(a.user);
  await b.connect({ cursor: 0 });
  await b.texts(3);
  for (const seq of [4, 1_000_000]) {
    b.ack(seq);
    const { of, error } = await b.next("error");
    expect({ of, error }).toEqual({ of: "ack", error: { code: "beyond-sent", field: "seq" } });
  }
  expect((await deviceTimelineOf(b)).cursor).toBe(0);
  b.ack(2);
  b.ack(1);
  await b.settle();
  expect((await deviceTimelineOf(b)).cursor).toBe(2);
});

test("R6 a lower cursor in hello rewinds the feed, never a mark", async () => {
  const [alice, bob] = pairAtHome();
  const a = await deviceOf(alice);
  const b = await deviceOf(bob);
  for (const text of ["one", "two", "three"]) await a.result(a.say(bob, text));
  await b.texts(3);
  await a.until(() => (markOf(a, bob) === 3 ? true : undefined));
  b.close();
  await b.untilClosed();
  const again = new RawDevice(bob, b.device);
  again.autoAck = false;
  expect(await again.connect({ cursor: 1 })).toMatchObject({ cursor: 1, reset: false });
  const { from, to, route } = await again.next("entries");
  expect({ from, to, route }).toEqual({ from: 2, to: 3, route: "catch-up" });
  await evict(alice, bob);
  await fireAlarm(bob);
  await fireAlarm(alice);
  await a.settle();
  expect(markOf(a, bob)).toBe(3);
  const state = await conversationOf(a, bob);
  expect(state.peer.delivered).toBeLessThanOrEqual(3);
});

/** How far a device knows that `user` has been delivered to, hints included. */
function markOf(device: RawDevice, user: string): number {
  const hints = device.frames.flatMap((frame) => (frame.t === "marks" ? [frame] : []));
  const known = [...receipts(device), ...hints].filter((one) => one.user === user);
  return Math.max(0, ...known.map(({ delivered }) => delivered));
}

async function conversationOf(device: RawDevice, peer: string) {
  const response = await api("/v1/conversations", device.user);
  const { conversations } = (await response.json()) as {
    conversations: { conversation: string; peer: { delivered: number; read: number } }[];
  };
  const found = conversations.find(({ conversation }) => conversation.includes(peer));
  if (found === undefined) throw new Error("no such conversation");
  return found;
}

test("R6 sync is fed from its cursor on, and refused outside of floor to head", async () => {
  const a = await writer(4);
  const b = await deviceOf(a.user);
  await b.texts(4);
  b.frames.length = 0;
  b.send({ t: "sync", cursor: 2 });
  expect(await b.next("entries")).toMatchObject({ from: 3, to: 4, count: 2, caughtUp: true });
  b.send({ t: "sync", cursor: 99 });
  const { error } = await b.next("error");
  expect(error).toMatchObject({ code: "bad-field", field: "cursor", rule: "floor-to-head" });
});

describe("R7 catch-up", () => {
  test("R7 runs to completion in pages that say from, to, count and when it is over", async () => {
    await setPolicy({ pageBytes: 1_024 });
    const a = await writer(40);
    const b = await deviceOf(a.user);
    await b.texts(40);
    const frames = fedTo(b);
    expect(frames.length).toBeGreaterThan(3);
    let at = 0;
    for (const frame of frames) {
      expect(frame.from).toBe(at + 1);
      expect(frame.count).toBe(frame.entries.length);
      expect(frame.entries.map(({ seq }) => seq)).toEqual(
        Array.from({ length: frame.count }, (_, i) => at + 1 + i),
      );
      at = frame.to;
      expect(frame.caughtUp).toBe(at === 40);
      expect(JSON.stringify(frame).length).toBeLessThan(2_048);
    }
    expect(at).toBe(40);
  });

  test("R7 live entries beside it open no hole", async () => {
    await setPolicy({ pageBytes: 512, windowEntries: 4 });
    const a = await writer(30);
    const b = new RawDevice(a.user);
    await b.connect({ cursor: 0 });
    for (let i = 1; i <= 10; i++) a.say(a.user, `beside ${i}`);
    const texts = await b.texts(40);
    expect(texts).toEqual(await a.texts(40));
    const froms = fedTo(b).map(({ from, to }) => [from, to] as const);
    froms.reduce((end, [from, to]) => {
      expect(from).toBe(end + 1);
      return to;
    }, 0);
  });

  test("R7 a fresh device with a short timeline gets all of it", async () => {
    const a = await writer(5);
    const b = new RawDevice(a.user);
    expect(await b.connect({ cursor: null })).toMatchObject({ cursor: 0, reset: false, head: 5 });
    expect(await b.texts(5)).toHaveLength(5);
  });

  test("R7 a fresh device with a long one starts from the state, and the seam has no gap", async () => {
    await setPolicy({ freshEntries: 3 });
    const a = await writer(5);
    const b = new RawDevice(a.user);
    const welcome = await b.connect({ cursor: null });
    expect(welcome).toMatchObject({ cursor: 5, reset: true, head: 5 });
    const snapshot = await b.next("snapshot");
    expect(snapshot).toMatchObject({
      asOf: 5,
      conversations: [{ head: 5, headSeq: 5, unread: 0, last: { body: { text: "note 5" } } }],
    });
    a.say(a.user, "after");
    expect(await b.texts(1)).toEqual(["after"]);
    expect(b.entries[0]?.seq).toBe(6);
  });

  test("R7 a device beyond retention is told to reset and starts from the state", async () => {
    await setPolicy({ retentionMs: 100_000 });
    const a = await writer(6);
    a.close();
    await a.untilClosed();
    await sqlOf(a.user, "UPDATE timeline SET kept_at = kept_at - 200000 WHERE seq <= 4");
    await evict(a.user);
    for (const cursor of [0, 3, 7]) {
      const lost = new RawDevice(a.user);
      expect(await lost.connect({ cursor })).toMatchObject({ reset: true, cursor: 6, floor: 4 });
      expect(await lost.next("snapshot")).toMatchObject({ asOf: 6 });
      await lost.settle();
      expect(lost.entries).toEqual([]);
    }
    const justThere = new RawDevice(a.user);
    expect(await justThere.connect({ cursor: 4 })).toMatchObject({ reset: false, cursor: 4 });
    expect(await justThere.next("entries")).toMatchObject({ from: 5, to: 6 });
    const sync = new RawDevice(a.user);
    await sync.connect({ cursor: 6 });
    sync.send({ t: "sync", cursor: 3 });
    expect((await sync.next("error")).error.rule).toBe("floor-to-head");
  });

  test("R7 a starting state begins with the first screen, then all conversations come by name", async () => {
    await setPolicy({ freshEntries: 0, rateBurst: 1_000 });
    const a = await deviceOf(newUser("busy"));
    const peers = Array.from({ length: 70 }, () => newUser("peer"));
    for (const peer of peers) await a.result(a.say(peer, "hi"));
    const b = new RawDevice(a.user);
    await b.connect({ cursor: null });
    let page = await b.next("snapshot");
    expect(page.ref).toBeUndefined();
    const times = page.conversations.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((one, other) => other - one));
    const seen: string[] = [];
    for (let i = 1; page.next !== undefined; i++) {
      b.send({ t: "snapshot", ref: `page-${i}`, after: page.next });
      page = await b.next("snapshot");
      expect(page.ref).toBe(`page-${i}`);
      seen.push(...page.conversations.map(({ conversation }) => conversation));
    }
    // What moves to the head of the list between two pages is in one of them all the same.
    const all = peers.map((peer) => directConversation(a.user, peer));
    expect(seen).toEqual(all.toSorted());
  });
});

describe("R10 windows", () => {
  test("R10 a device that does not ack gets a window's worth of entries, others get all", async () => {
    await setPolicy({ windowEntries: 4 });
    const a = await deviceOf(newUser("writer"));
    const b = silent(a.user);
    await b.connect({ cursor: 0 });
    for (let i = 1; i <= 10; i++) a.say(a.user, `note ${i}`);
    await a.texts(10);
    await b.settle();
    expect(b.entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    b.ack(2);
    await b.settle();
    expect(b.cursor).toBe(6);
    await evict(a.user);
    b.ack(6);
    await b.settle();
    expect(b.cursor).toBe(10);
    expect(fedTo(b).flatMap(({ entries }) => entries)).toHaveLength(10);
  });

  test("R10 a window's worth of bytes, if it holds at least one entry", async () => {
    await setPolicy({ windowBytes: 1_024 });
    const a = await deviceOf(newUser("writer"));
    const b = silent(a.user);
    await b.connect({ cursor: 0 });
    for (let i = 1; i <= 6; i++) a.say(a.user, `${i}`.repeat(300));
    await a.texts(6);
    await b.settle();
    expect(b.cursor).toBeGreaterThanOrEqual(1);
    expect(b.cursor).toBeLessThanOrEqual(3);
    a.say(a.user, "x".repeat(8_000));
    await a.texts(7);
    b.ack();
    for (let seq = b.cursor; seq < 7; seq = b.cursor) {
      await b.settle();
      expect(b.cursor).toBeGreaterThan(seq);
      b.ack();
    }
  });

  test("R10 a full window fits what a sleeping socket can remember, urgent entries included", async () => {
    await setPolicy({ rateBurst: 1_000, windowEntries: 64, flushEntries: 64 });
    const a = await deviceOf(newUser("writer"));
    const b = silent(a.user);
    await b.connect({ cursor: 0 });
    // As much ledger as is kept before it is written: each entry acked for itself.
    for (let i = 1; i <= 63; i++) {
      await a.result(a.say(a.user, `note ${i}`));
      await b.until(() => (b.cursor === i ? true : undefined));
      b.ack(i);
      await b.settle();
    }
    for (let i = 1; i <= 64; i++) await a.result(a.say(a.user, `in the window ${i}`));
    for (let i = 1; i <= 64; i++) {
      a.counter += 1;
      const body = { kind: "text", text: `urgent ${i}` } as const;
      const conversation = `direct:${a.user},${a.user}`;
      const prev = a.counter - 1;
      await a.submit({ conversation, counter: a.counter, prev, priority: "urgent", body });
    }
    await b.until(() => (b.cursor === 127 ? true : undefined));
    await evict(a.user);
    b.ack(127);
    await b.until(() => (b.cursor === 191 ? true : undefined));
    expect((await deviceTimelineOf(b)).cursor).toBe(127);
    expect(b.frames.filter((frame) => frame.t === "error")).toEqual([]);
    expect(a.frames.filter((frame) => frame.t === "error")).toEqual([]);
  });
});

describe("R10 retries", () => {
  const fast = (maxAttempts: number) => ({
    retry: {
      strategies: { default: { kind: "fixed", delayMs: 20 } },
      maxAttempts,
      ttlMs: 600_000,
      jitter: 0,
    },
  });

  test("R10 go on by the alarm until the attempts are used up; then the socket is closed", async () => {
    await setPolicy(fast(4));
    const a = await deviceOf(newUser("writer"));
    const b = silent(a.user);
    await b.connect({ cursor: 0 });
    a.say(a.user, "is anybody there?");
    expect(await b.untilClosed()).toMatchObject({ code: 1013 });
    const routes = fedTo(b).map(({ route, from, to }) => `${route} ${from}-${to}`);
    expect(routes).toEqual(["live 1-1", "retry 1-1", "retry 1-1", "retry 1-1"]);
    // Offline it costs nothing more, and its own catch-up brings the entry.
    await a.settle();
    expect(await fireAlarm(a.user).then(() => alarmOf(a.user))).toBeNull();
    b.frames.length = 0;
    await b.connect({ cursor: 0 });
    expect(await b.next("entries")).toMatchObject({ route: "catch-up", from: 1, to: 1 });
  });

  test("R13 survive hibernation and are stopped by the ack", async () => {
    const a = await deviceOf(newUser("writer"));
    const b = silent(a.user);
    await b.connect({ cursor: 0 });
    a.say(a.user, "one");
    await b.texts(1);
    a.close();
    await a.untilClosed();
    // Not due yet: an alarm that runs early sends nothing.
    expect(await fireAlarm(a.user)).toBe(true);
    await b.settle();
    expect(fedTo(b)).toHaveLength(1);
    const overdue = (retryAt: number | null) => (retryAt === null ? null : 1);
    await changeSessions(a.user, (session) => ({
      ...session,
      feed: { ...session.feed, retryAt: overdue(session.feed.retryAt) },
    }));
    expect(await fireAlarm(a.user)).toBe(true);
    await b.until(() => (fedTo(b).length === 2 ? true : undefined));
    expect(fedTo(b)[1]).toMatchObject({ route: "retry", from: 1, to: 1 });
    expect((await deviceTimelineOf(b)).runs).toMatchObject([{ attempts: 2, status: "pending" }]);
    // Twice the same alarm is one attempt.
    await fireAlarm(a.user);
    await b.settle();
    expect(fedTo(b)).toHaveLength(2);
    b.ack(1);
    await b.settle();
    expect((await deviceTimelineOf(b)).runs).toEqual([]);
    await fireAlarm(a.user);
    await b.settle();
    expect(fedTo(b)).toHaveLength(2);
    expect(await alarmOf(a.user)).toBeNull();
  });

  test("R10 no retry of an entry beyond its time: the device fetches it when it returns", async () => {
    const a = await deviceOf(newUser("writer"));
    const b = silent(a.user);
    await b.connect({ cursor: 0 });
    a.say(a.user, "old news");
    await b.texts(1);
    await changeSessions(a.user, (session) => ({
      ...session,
      feed: {
        ...session.feed,
        retryAt: session.feed.retryAt === null ? null : 1,
        runs: session.feed.runs.map((run) => ({ ...run, firstAt: run.firstAt - 8 * 86_400_000 })),
      },
    }));
    await fireAlarm(a.user);
    expect(await b.untilClosed()).toMatchObject({ code: 1013 });
    expect(fedTo(b)).toHaveLength(1);
  });

  test("R10 the round trip is learned from first attempts and kept for the next session", async () => {
    const a = await deviceOf(newUser("writer"));
    const b = await deviceOf(a.user);
    expect((await deviceTimelineOf(b)).smoothedRoundTripMs).toBeNull();
    a.say(a.user, "one");
    await b.texts(1);
    await b.settle();
    const { smoothedRoundTripMs } = await deviceTimelineOf(b);
    expect(smoothedRoundTripMs).not.toBeNull();
    b.close();
    await b.untilClosed();
    expect((await deviceTimelineOf(b)).smoothedRoundTripMs).toBe(smoothedRoundTripMs);
  });
});

describe("R12 clients that can't ack", () => {
  test.each([
    ["says no such capability", { acks: false, version: "9.9" }],
    ["is older than the policy's floor", { acks: true, version: "1.9.9" }],
  ])("R12 one that %s is pushed to without retries", async (_, options) => {
    await setPolicy({ minAckVersion: "2.0" });
    const a = new RawDevice(newUser("writer"));
    await a.connect({ cursor: 0, version: "2.0" });
    const b = silent(a.user);
    await b.connect({ cursor: 0, ...options });
    a.say(a.user, "take it or leave it");
    await b.texts(1);
    await a.settle();
    const { runs } = await deviceTimelineOf(b);
    expect(runs.map(({ status, nextRetryAt }) => [status, nextRetryAt])).toEqual([
      ["waiting", null],
    ]);
    await fireAlarm(a.user);
    await fireAlarm(a.user);
    await b.settle();
    expect(fedTo(b)).toHaveLength(1);
    expect(await alarmOf(a.user)).toBeNull();
  });

  test("R12 at most a window's worth between two of its pings, the rest by catch-up", async () => {
    await setPolicy({ windowEntries: 3 });
    const a = await deviceOf(newUser("writer"));
    const b = silent(a.user);
    await b.connect({ cursor: 0, acks: false });
    for (let i = 1; i <= 8; i++) a.say(a.user, `note ${i}`);
    await a.texts(8);
    await b.settle();
    expect(b.cursor).toBe(3);
    await b.ping();
    a.say(a.user, "note 9");
    await a.texts(9);
    await b.until(() => (b.cursor === 6 ? true : undefined));
    await b.settle();
    expect(b.cursor).toBe(6);
    b.send({ t: "sync", cursor: 6 });
    await b.until(() => (b.cursor === 9 ? true : undefined));
    expect(b.entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("R12 what it was pushed is not delivered to anybody", async () => {
    const [alice, bob] = pairAtHome();
    const a = await deviceOf(alice);
    const b = silent(bob);
    await b.connect({ cursor: 0, acks: false });
    await a.result(a.say(bob, "hello"));
    await b.texts(1);
    await evict(bob);
    await b.settle();
    await a.settle();
    expect(receipts(a)).toEqual([]);
  });
});

describe("R17 poison", () => {
  async function poisoned() {
    const a = await deviceOf(newUser("writer"));
    const b = silent(a.user);
    await b.connect({ cursor: 0 });
    for (const text of ["fine", "poison", "behind"]) await a.result(a.say(a.user, text));
    await b.texts(3);
    b.ack(1);
    return { a, b };
  }

  test("R17 five nacks of the head bring a placeholder, and the rest flows", async () => {
    const { a, b } = await poisoned();
    for (let i = 1; i <= 5; i++) {
      if (i === 3) await evict(a.user);
      const { length } = fedTo(b);
      b.send({ t: "nack", seq: 2, reason: "can't store it" });
      await b.settle();
      expect(
        fedTo(b)
          .slice(length)
          .some(({ entries }) => isPlaceholder(entries[0])),
      ).toBe(i === 5);
    }
    const last = fedTo(b).at(-1);
    expect(last?.entries.map(({ seq, body }) => [seq, body.kind])).toEqual([
      [2, "placeholder"],
      [3, "text"],
    ]);
    b.ack(3);
    await b.settle();
    expect(await deviceTimelineOf(b)).toMatchObject({ cursor: 3, runs: [], exceptions: [2] });
    // It is this device's alone.
    const other = new RawDevice(a.user);
    await other.connect({ cursor: 0 });
    expect(await other.texts(3)).toEqual(["fine", "poison", "behind"]);
  });

  test("R17 the placeholder stays across sessions until the entry is asked for again", async () => {
    const { b } = await poisoned();
    for (let i = 1; i <= 5; i++) b.send({ t: "nack", seq: 2, reason: "no" });
    await b.settle();
    b.close();
    await b.untilClosed();
    b.frames.length = 0;
    b.entries.length = 0;
    await b.connect({ cursor: 0 });
    await b.settle();
    expect(b.entries.map(({ body }) => body.kind)).toEqual(["text", "placeholder", "text"]);
    b.frames.length = 0;
    b.send({ t: "retry-entry", seq: 2 });
    const { entries } = await b.next("entries");
    expect(entries).toMatchObject([{ seq: 2, body: { kind: "text", text: "poison" } }]);
    b.send({ t: "retry-entry", seq: 2 });
    expect((await b.next("error")).error.code).toBe("not-found");
    expect((await deviceTimelineOf(b)).exceptions).toEqual([]);
  });

  test("R17 five sessions that end without getting past the head do the same", async () => {
    const { a, b } = await poisoned();
    await b.settle();
    for (let i = 1; i <= 5; i++) {
      await changeSessions(a.user, (session) => ({
        ...session,
        feed: {
          ...session.feed,
          runs: session.feed.runs.map((run) => ({ ...run, firstAt: run.firstAt - 6_000 })),
        },
      }));
      b.close();
      await b.untilClosed();
      b.frames.length = 0;
      await b.connect({ cursor: 1 });
      await b.settle();
      const isReplaced = fedTo(b).some(({ entries }) => isPlaceholder(entries[0]));
      expect(isReplaced).toBe(i === 5);
    }
  });

  test("R17 a nack of anything but the head is refused and counts for nothing", async () => {
    const { b } = await poisoned();
    for (const seq of [1, 3, 99]) {
      b.send({ t: "nack", seq, reason: "no" });
      const { error } = await b.next("error");
      expect(error).toMatchObject({ code: "bad-field", field: "seq", rule: "head-of-feed" });
    }
  });

  function isPlaceholder(entry: EntriesFrame["entries"][number] | undefined): boolean {
    return entry?.body.kind === "placeholder";
  }
});

describe("R18 urgent", () => {
  async function behindBacklog() {
    await setPolicy({ windowEntries: 2 });
    const a = await deviceOf(newUser("writer"));
    const b = silent(a.user);
    await b.connect({ cursor: 0 });
    for (let i = 1; i <= 5; i++) await a.result(a.say(a.user, `note ${i}`));
    a.counter += 1;
    const conversation = `direct:${a.user},${a.user}`;
    const body = { kind: "text", text: "urgent" } as const;
    await a.submit({ conversation, counter: 6, prev: 5, priority: "urgent", body });
    const urgent = await b.until(() => fedTo(b).find(({ route }) => route === "urgent"));
    return { a, b, urgent };
  }

  test("R18 an urgent entry overtakes a backlog, and the cursor waits for the gap", async () => {
    const { a, b, urgent } = await behindBacklog();
    expect(urgent).toMatchObject({ from: 6, to: 6, count: 1 });
    expect(urgent.entries[0]).toMatchObject({ seq: 6, priority: "urgent" });
    expect(b.cursor).toBe(2);
    // An ack may not pass the gap by it.
    b.ack(6);
    expect((await b.next("error")).error.code).toBe("beyond-sent");
    b.send({ t: "ack", seq: 1, aside: [6] });
    await b.settle();
    expect((await deviceTimelineOf(b)).cursor).toBe(1);
    await evict(a.user);
    for (let acked = 1; acked < 6; acked = b.cursor) {
      b.send({ t: "ack", seq: b.cursor, aside: [6] });
      await b.settle();
    }
    expect(b.entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(fedTo(b).filter(({ route }) => route === "urgent")).toHaveLength(1);
  });

  test("R18 it is pushed again until it is kept aside", async () => {
    const { a, b } = await behindBacklog();
    const overdue = () =>
      changeSessions(a.user, (session) => ({
        ...session,
        urgent: session.urgent.map((one) => ({ ...one, retryAt: 1 })),
      }));
    await overdue();
    await fireAlarm(a.user);
    await b.settle();
    const pushes = () => fedTo(b).filter(({ route }) => route === "urgent").length;
    expect(pushes()).toBe(2);
    b.send({ t: "ack", seq: 0, aside: [6] });
    await b.settle();
    await overdue();
    await fireAlarm(a.user);
    await b.settle();
    expect(pushes()).toBe(2);
  });
});

test("R13 a crash between push and ack loses neither: the next hello finds the entry", async () => {
  const [alice, bob] = pairAtHome();
  const a = await deviceOf(alice);
  const b = silent(bob);
  await b.connect({ cursor: 0 });
  await a.result(a.say(bob, "hello"));
  await b.texts(1);
  await crash();
  await Promise.all([a.untilClosed(), b.untilClosed()]);
  b.entries.length = 0;
  await b.connect({ cursor: 0 });
  expect(await b.texts(1)).toEqual(["hello"]);
  b.ack(1);
  await a.connect();
  expect(await a.until(() => receipts(a)[0])).toMatchObject({ delivered: 1 });
});
