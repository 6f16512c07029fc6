/** The small pure rules, each by its table. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { directConversation } from "../../protocol/names.ts";
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import { packSession, unpackSession } from "../../worker/core/attachment.ts";
import type { DeviceRow } from "../../worker/core/device.ts";
import { deviceTimeline } from "../../worker/core/device-timeline.ts";
import type { Run } from "../../worker/core/feed.ts";
import { fnv1a, payloadHash } from "../../worker/core/hash.ts";
import { homeOf } from "../../worker/core/home.ts";
import {
  calling,
  failed,
  type Lane,
  mayCall,
  OPEN_LANE,
  succeeded,
} from "../../worker/core/lane.ts";
import { addSegment, covers, type Segment, segmentOf } from "../../worker/core/ledger.ts";
import {
  isPoison,
  POISON_STRIKES,
  POISON_WINDOW_MS,
  type Strikes,
  strike,
} from "../../worker/core/poison.ts";
import { type Bucket, fullBucket, take } from "../../worker/core/rate.ts";
import { liveSession } from "./fixtures/rows.ts";

/** These values are promises to objects of other versions and to rows written long ago. */
describe("what may never change", () => {
  test.each([
    ["direct:alice,bob", "user:bob"],
    ["direct:alice,carol", "user:carol"],
    ["direct:bob,carol", "user:bob"],
    ["direct:a,b", "user:b"],
    ["direct:Zoe,adam", "user:adam"],
    ["direct:me,me", "user:me"],
    ["direct:u.1@x,u_2-y", "user:u.1@x"],
    ["group:AAAAAAAAAAAAAAAAAAAAAA", "group:AAAAAAAAAAAAAAAAAAAAAA"],
  ])("R3 the home of %s is %s", (conversation, home) => {
    expect(homeOf(conversation)).toBe(home);
  });

  test("R3 both users compute the same home, and half of all homes are either's", () => {
    let first = 0;
    for (let i = 0; i < 1_000; i++) {
      const home = homeOf(directConversation("alice", `user${i}`));
      expect(home).toBe(homeOf(directConversation(`user${i}`, "alice")));
      if (home === "user:alice") first += 1;
    }
    expect(first).toBeGreaterThan(400);
    expect(first).toBeLessThan(600);
  });

  test.each(["direct:bob,alice", "direct:alice", "group:x", "nonsense", "", "direct:a,b,c"])(
    "R14 %j has no home",
    (conversation) => {
      expect(homeOf(conversation)).toBeUndefined();
    },
  );

  test.each([
    ["", 2_166_136_261],
    ["a", 3_826_002_220],
    ["foobar", 3_214_735_720],
    ["👋", 2_251_174_425],
  ])("the hash of %j", (text, hash) => {
    expect(fnv1a(text)).toBe(hash);
  });

  test.each([
    [{ kind: "text", text: "hello" }, "normal", 1_226_619_176_668_147],
    [{ kind: "text", text: "hello" }, "urgent", 1_457_250_860_402_606],
    [{ kind: "text", text: "hello", replyTo: 3 }, "normal", 3_607_308_731_522_611],
    [{ kind: "reaction", target: 1, emoji: "👍", on: true }, "bulk", 3_887_552_635_190_070],
    [{ kind: "custom", type: "app.x", data: "{}" }, "normal", 3_222_079_730_960_332],
  ] as const)("R2 the payload hash of %j, %s", (content, priority, hash) => {
    expect(payloadHash(content, priority)).toBe(hash);
    expect(Number.isSafeInteger(hash)).toBe(true);
  });
});

test("R2 the payload hash does not depend on the order of fields", () => {
  const one = { kind: "text", text: "x", replyTo: 3 } as const;
  const other = { replyTo: 3, text: "x", kind: "text" } as const;
  expect(payloadHash(one, "normal")).toBe(payloadHash(other, "normal"));
});

describe("the lane to another object", () => {
  const settings = {
    ...DEFAULT_SETTINGS,
    handOffDelaysMs: [100, 1_000],
    retry: { ...DEFAULT_SETTINGS.retry, jitter: 0.5 },
  };

  test("R13 one call at a time", () => {
    expect(mayCall(OPEN_LANE, 0)).toBe(true);
    expect(mayCall(calling(OPEN_LANE), 0)).toBe(false);
    expect(mayCall(succeeded(), 0)).toBe(true);
  });

  test("R10 each failure holds it back for longer; the last delay repeats; success resets", () => {
    const fail = (lane: Lane, now: number) => failed(calling(lane), settings, now, 0);
    const once = fail(OPEN_LANE, 0);
    expect([mayCall(once, 99), mayCall(once, 100)]).toEqual([false, true]);
    const twice = fail(once, 100);
    const thrice = fail(twice, 1_100);
    expect([twice.notBefore, thrice.notBefore]).toEqual([1_100, 2_100]);
    expect(fail(succeeded(), 0).notBefore).toBe(100);
  });

  test("R10 with jitter, upwards", () => {
    expect(failed(OPEN_LANE, settings, 0, 0.999).notBefore).toBe(150);
  });
});

describe("the rate of a device", () => {
  const rate = { burst: 5, perSecond: 2 };

  test("R14 a burst at once, then the average, and it says how long to wait", () => {
    let bucket: Bucket = fullBucket(rate, 0);
    for (let i = 0; i < 5; i++) {
      const taken = take(bucket, rate, 1, 0);
      if (!taken.ok) throw new Error("the burst is five");
      bucket = taken.bucket;
    }
    expect(take(bucket, rate, 1, 0)).toEqual({ ok: false, retryAfterMs: 500 });
    expect(take(bucket, rate, 1, 499).ok).toBe(false);
    expect(take(bucket, rate, 1, 500).ok).toBe(true);
  });

  test("R14 over any time no more than burst and average, and waiting as told always helps", () => {
    const step = fc.record({ waitMs: fc.nat(2_000), cost: fc.integer({ min: 1, max: 5 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        let bucket = fullBucket(rate, 0);
        let now = 0;
        let spent = 0;
        for (const { waitMs, cost } of steps) {
          now += waitMs;
          const taken = take(bucket, rate, cost, now);
          if (taken.ok) {
            bucket = taken.bucket;
            spent += cost;
          } else {
            expect(take(bucket, rate, cost, now + taken.retryAfterMs).ok).toBe(true);
          }
          expect(spent).toBeLessThanOrEqual(rate.burst + (now / 1_000) * rate.perSecond + 1e-6);
        }
      }),
    );
  });

  test("R14 a clock that goes back gives nothing and takes nothing", () => {
    expect(take({ tokens: 1, at: 10_000 }, rate, 2, 0)).toEqual({ ok: false, retryAfterMs: 500 });
  });
});

describe("poison", () => {
  const strikes = (times: readonly number[], seq = 7) =>
    times.reduce<Strikes | null>((known, now) => strike(known, seq, now), null);

  test("R17 five strikes at the same head within an hour", () => {
    const four = strikes([0, 1, 2, 3]);
    if (four === null) throw new Error("four strikes");
    expect(isPoison(four)).toBe(false);
    expect(isPoison(strike(four, 7, POISON_WINDOW_MS))).toBe(true);
    expect(POISON_STRIKES).toBe(5);
  });

  test("R17 an hour later, or at another head, it begins anew", () => {
    const four = strikes([0, 1, 2, 3]);
    expect(strike(four, 7, POISON_WINDOW_MS + 1).count).toBe(1);
    expect(strike(four, 8, 4)).toEqual({ seq: 8, count: 1, since: 4 });
  });
});

describe("the ledger's segments", () => {
  const run: Run = { from: 4, to: 6, bytes: 100, firstAt: 10, lastAt: 30, attempts: 1 };
  const segment = (fields: Partial<Segment>): Segment => ({
    ...segmentOf("device01", run, "catch-up", 50),
    ...fields,
  });

  test("R10 what was pushed more than once came by a retry", () => {
    expect(segmentOf("device01", run, "live", 50)).toMatchObject({ route: "live", attempts: 1 });
    expect(segmentOf("device01", { ...run, attempts: 3 }, "live", null)).toMatchObject({
      route: "retry",
      attempts: 3,
      firstPushAt: 10,
      lastPushAt: 30,
      ackedAt: null,
    });
  });

  test("R7 pages that follow each other at once are told as one", () => {
    const [joined, ...rest] = addSegment([segment({})], segment({ from: 7, to: 9, ackedAt: 60 }));
    expect(rest).toEqual([]);
    expect(joined).toMatchObject({ from: 4, to: 9 });
  });

  test.each<[string, Partial<Segment>]>([
    ["a hole between them", { from: 8 }],
    ["another route", { from: 7, route: "live" }],
    ["another device", { from: 7, device: "device02" }],
    ["more attempts", { from: 7, attempts: 2 }],
    ["no ack", { from: 7, ackedAt: null }],
    ["an ack a second later", { from: 7, ackedAt: 1_050 }],
    ["a push a second later", { from: 7, firstPushAt: 1_010, ackedAt: 60 }],
  ])("R10 they stay apart with %s", (_, other) => {
    expect(addSegment([segment({})], segment({ to: 9, ackedAt: 60, ...other }))).toHaveLength(2);
  });

  test("which seqs a segment is about", () => {
    expect([3, 4, 6, 7].map((seq) => covers(segment({}), seq))).toEqual([false, true, true, false]);
  });
});

describe("a device's timeline", () => {
  const row: DeviceRow = {
    device: "device01",
    name: "demo",
    platform: "web",
    version: "1.0",
    addedAt: 0,
    seenAt: 0,
    cursor: 3,
    ticketNumber: 1,
    epoch: 0,
    roundTrip: { smoothedMs: 40, varianceMs: 10 },
    strikes: null,
    exceptions: [2],
    revokedAt: null,
  };
  const run = { from: 6, to: 8, bytes: 1, firstAt: 100, lastAt: 200, attempts: 2 };

  test("R5 offline: everything after the cursor waits, and costs no retry", () => {
    expect(deviceTimeline("alice", row, undefined, 9, 1_000)).toMatchObject({
      user: "alice",
      device: "device01",
      online: false,
      cursor: 3,
      head: 9,
      exceptions: [2],
      smoothedRoundTripMs: 40,
      runs: [{ from: 4, to: 9, status: "waiting", attempts: 0, nextRetryAt: null }],
    });
  });

  test("R10 online: what is under way, with attempts, next retry and time to live, then the rest", () => {
    const feed = { have: 5, sent: 10, retryAt: 900, runs: [run, { ...run, from: 9, to: 10 }] };
    const session = liveSession({ feed });
    const { cursor, runs } = deviceTimeline("alice", row, session, 12, 1_000);
    expect(cursor).toBe(5);
    expect(runs).toMatchObject([
      { from: 6, to: 8, status: "pending", attempts: 2, nextRetryAt: 900, retryUntil: 1_100 },
      { from: 9, to: 10, status: "pending", nextRetryAt: null },
      { from: 11, to: 12, status: "waiting", retryUntil: null },
    ]);
  });

  test("R5 up to date: nothing is left to tell", () => {
    const feed = { have: 9, sent: 9, retryAt: null, runs: [] };
    expect(deviceTimeline("alice", row, liveSession({ feed }), 9, 1_000).runs).toEqual([]);
  });

  test("R12 a device that can't ack is as far as its last hello said", () => {
    const feed = { have: 9, sent: 9, retryAt: null, runs: [] };
    const view = deviceTimeline("alice", row, liveSession({ feed, acks: false }), 9, 1_000);
    expect(view.cursor).toBe(3);
  });
});

describe("a session in its socket's attachment", () => {
  const segment: Segment = {
    device: "device01",
    from: 1,
    to: 1,
    route: "live",
    attempts: 1,
    firstPushAt: 1_790_000_000_000,
    lastPushAt: 1_790_000_000_000,
    ackedAt: 1_790_000_000_100,
  };
  const run: Run = {
    from: 1_000_001,
    to: 1_000_001,
    bytes: 65_536,
    firstAt: 1_790_000_000_000,
    lastAt: 1_790_000_000_000,
    attempts: 8,
  };

  test("R13 comes back as it was", () => {
    const feed = { have: 3, sent: 4, retryAt: 9, runs: [run] };
    const session = liveSession({ feed, segments: [segment], aside: [7], exceptions: [2] });
    expect(unpackSession(packSession(session))).toEqual(session);
    const { id, device, openedAt, ticketNumber, nextTicket, network, expiresAt } = session;
    const about = { id, device, openedAt, ticketNumber, nextTicket, network, expiresAt };
    const waiting = { phase: "waiting", ...about } as const;
    expect(unpackSession(packSession(waiting))).toEqual(waiting);
  });

  test("R13 the fullest one fits: ledger goes first, what is under way never", () => {
    const urgent = { seq: 1_000_001, attempts: 8, retryAt: 1_790_000_000_000 };
    const feed = {
      have: 1_000_000,
      sent: 1_000_064,
      retryAt: 1_790_000_000_000,
      runs: Array<Run>(64).fill(run),
    };
    const fullest = liveSession({
      feed,
      nextTicket: "t".repeat(1_024),
      network: "n".repeat(64),
      platform: "p".repeat(256),
      device: "d".repeat(32),
      segments: Array<Segment>(64).fill({ ...segment, device: "d".repeat(32) }),
      urgent: Array(64).fill(urgent),
      aside: Array(64).fill(1_000_001),
      exceptions: Array(32).fill(1_000_001),
    });
    const text = packSession(fullest);
    expect(text.length).toBeLessThanOrEqual(16_000);
    const back = unpackSession(text);
    expect(back).toEqual({ ...fullest, segments: (back as typeof fullest).segments });
  });
});
