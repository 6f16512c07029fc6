import { describe, expect, test } from "vitest";
import {
  answered,
  asked,
  beat,
  type Heartbeat,
  heardFrom,
  hedged,
  pinged,
  startBurst,
  startHeartbeat,
  startProbe,
  waiting,
} from "../../../client/core/heartbeat.ts";
import {
  LEARN,
  learn,
  PACE,
  type Pace,
  paceOf,
  rememberLearned,
  startLearning,
} from "../../../client/core/pace.ts";

const ANNOUNCED = 25_000;

/** Runs a silent link until it is found dead; timers come in time. */
function deadAfter(start: Heartbeat, pace: Pace, from = 0) {
  let heartbeat = start;
  let now = from;
  let hedgeAt: number | undefined;
  let pings = 0;
  for (let turn = 0; turn < 100; turn += 1) {
    const due = beat(heartbeat, pace, ANNOUNCED, now);
    if (due.kind === "dead") return { deadAt: now, pings, hedgeAt };
    if (due.kind === "ping") {
      pings += 1;
      heartbeat = pinged(heartbeat, due, now);
    } else if (due.kind === "hedge") {
      hedgeAt = now;
      heartbeat = hedged(heartbeat);
    } else {
      heartbeat = waiting(heartbeat, due.until);
      now = due.until;
    }
  }
  throw new Error("never found dead");
}

/** Pings in an hour on a link that answers after 50 ms and says nothing else. */
function pingsPerHour(pace: Pace): number {
  let heartbeat = startHeartbeat(0);
  let now = 0;
  let pings = 0;
  while (now < 3_600_000) {
    const due = beat(heartbeat, pace, pace.idleMs, now);
    if (due.kind === "ping") {
      pings += 1;
      heartbeat = heardFrom(pinged(heartbeat, due, now), now + 50);
      now += 50;
    } else if (due.kind === "wait") {
      heartbeat = waiting(heartbeat, due.until);
      now = due.until;
    } else throw new Error("dead");
  }
  return pings;
}

describe("a dead link is found", () => {
  const hidden: Pace = { idleMs: 90_000, deadlineMs: PACE.hiddenDeadlineMs, learns: true };
  test.each([
    ["in use", PACE.inUse, 9_500],
    ["visible", PACE.visible, 29_000],
    ["hidden", hidden, 100_000],
    ["headless", PACE.headless, 30_000],
  ])("%s, within its time", (_name, pace, limitMs) => {
    expect(deadAfter(startHeartbeat(0), pace).deadAt).toBeLessThanOrEqual(limitMs);
  });

  test("with an unanswered send within 5 s, whatever the pace", () => {
    const { deadAt } = deadAfter(asked(startHeartbeat(0), 0), PACE.visible);
    expect(deadAt).toBeLessThanOrEqual(5_000);
  });

  test("on a slow link the unanswered send gets four round trips", () => {
    const slow = { ...startHeartbeat(0), srttMs: 1_000 };
    expect(deadAfter(asked(slow, 0), PACE.visible).deadAt).toBe(6_000);
  });

  test("within 2 s of waking, foreground, or a network change", () => {
    expect(deadAfter(startBurst(startHeartbeat(0), 0), PACE.visible).deadAt).toBe(2_000);
    const woken = deadAfter(startProbe(startHeartbeat(0), 0), PACE.visible);
    expect(woken).toEqual({ deadAt: 2_000, pings: 1, hedgeAt: 1_000 });
  });

  test("within 2 s of waking also while a ping with a longer deadline is out", () => {
    const ping = { kind: "ping", deadlineMs: 10_000, teaches: true } as const;
    const out = pinged(startHeartbeat(0), ping, 0);
    const woken = deadAfter(startProbe(out, 1_000), PACE.visible, 1_000);
    expect(woken).toEqual({ deadAt: 3_000, pings: 0, hedgeAt: 2_000 });
  });

  test("a burst asks at once, after 2 s and after 5 s of a link that answers", () => {
    let heartbeat = startBurst(startHeartbeat(0), 0);
    const pings: number[] = [];
    for (let now = 0; now <= 20_000; now += 100) {
      const due = beat(heartbeat, PACE.visible, ANNOUNCED, now);
      if (due.kind === "wait") heartbeat = waiting(heartbeat, due.until);
      if (due.kind !== "ping") continue;
      pings.push(now);
      heartbeat = heardFrom(pinged(heartbeat, due, now), now + 50);
    }
    expect(pings).toEqual([0, 2_000, 5_000]);
  });

  test("and no second socket is asked for where an answer comes, or nobody woke", () => {
    const answered = heardFrom(startProbe(startHeartbeat(0), 0), 900);
    expect(answered.hedgeAt).toBeUndefined();
    expect(deadAfter(startHeartbeat(0), PACE.visible).hedgeAt).toBeUndefined();
  });
});

describe("what it costs", () => {
  test.each([
    ["in use", PACE.inUse, 514],
    ["visible", PACE.visible, 144],
    ["hidden", { idleMs: 60_000, deadlineMs: 10_000, learns: true }, 60],
    ["headless", PACE.headless, 144],
  ])("%s: pings per hour", (_name, pace, limit) => {
    expect(pingsPerHour(pace)).toBeLessThanOrEqual(limit);
  });

  test("any traffic postpones the ping", () => {
    const quiet = startHeartbeat(0);
    const heard = heardFrom(quiet, 20_000);
    expect(beat(heard, PACE.visible, ANNOUNCED, 25_000).kind).toBe("wait");
    expect(beat(quiet, PACE.visible, ANNOUNCED, 25_000).kind).toBe("ping");
  });

  test("but not beyond what the server needs to see of us", () => {
    let heartbeat = startHeartbeat(0);
    for (let now = 0; now <= 49_000; now += 1_000) heartbeat = heardFrom(heartbeat, now);
    expect(beat(heartbeat, PACE.visible, ANNOUNCED, 49_000).kind).toBe("wait");
    expect(beat(heartbeat, PACE.visible, ANNOUNCED, 50_000).kind).toBe("ping");
  });
});

describe("our own sleep is not the link's death", () => {
  test("a deadline found late is asked once more, then it counts", () => {
    const due = beat(startHeartbeat(0), PACE.visible, ANNOUNCED, 25_000);
    if (due.kind !== "ping") throw new Error("expected a ping");
    const out = waiting(pinged(startHeartbeat(0), due, 25_000), 29_000);
    const late = beat(out, PACE.visible, ANNOUNCED, 60_000);
    expect(late).toMatchObject({ kind: "ping", deadlineMs: 2_000 });
    if (late.kind !== "ping") throw new Error("expected a ping");
    const again = waiting(pinged(out, late, 60_000), 62_000);
    expect(beat(again, PACE.visible, ANNOUNCED, 62_000).kind).toBe("dead");
    expect(beat(out, PACE.visible, ANNOUNCED, 29_900).kind).toBe("dead");
  });

  test("an idle timer that comes late probes at once", () => {
    const idle = waiting(startHeartbeat(0), 10_000);
    expect(beat(idle, PACE.visible, ANNOUNCED, 11_000)).toMatchObject({
      kind: "ping",
      deadlineMs: 2_000,
    });
  });
});

describe("round trips", () => {
  test("are smoothed, and an answer ends the question unless others are open", () => {
    const question = asked(startHeartbeat(0), 0);
    expect(answered(question, 1_000, false, 1_000)).toMatchObject({
      srttMs: 300,
      asked: undefined,
    });
    expect(answered(question, undefined, true, 1_000)).toMatchObject({ srttMs: 200, asked: 1_000 });
  });
});

describe("pace", () => {
  const app = { page: true, visible: true, saving: false, sinceInputMs: 0, sinceHiddenMs: 0 };
  test("follows what the app is doing", () => {
    expect(paceOf(app, 45_000)).toBe(PACE.inUse);
    expect(paceOf({ ...app, sinceInputMs: 30_000 }, 45_000)).toBe(PACE.visible);
    expect(paceOf({ ...app, page: false }, 45_000)).toBe(PACE.headless);
    const hidden = { ...app, visible: false };
    expect(paceOf(hidden, 45_000)).toMatchObject({ idleMs: 60_000 });
    expect(paceOf(hidden, 75_000)).toMatchObject({ idleMs: 75_000, learns: true });
    const phone = { ...hidden, saving: true };
    expect(paceOf({ ...phone, sinceHiddenMs: 299_999 }, 45_000)).not.toBe("disconnect");
    expect(paceOf({ ...phone, sinceHiddenMs: 300_000 }, 45_000)).toBe("disconnect");
  });

  test("is learned per network: longer after four successes, shorter after two failures, then held", () => {
    let learning = startLearning("lab", []);
    for (let count = 0; count < 4; count += 1) learning = learn(learning, true, 0);
    expect(learning.learned.intervalMs).toBe(60_000);
    for (let count = 0; count < 40; count += 1) learning = learn(learning, true, 0);
    expect(learning.learned.intervalMs).toBe(LEARN.maxMs);
    learning = learn(learn(learning, false, 0), true, 0);
    expect(learning.learned.intervalMs).toBe(LEARN.maxMs);
    learning = learn(learn(learning, false, 0), false, 0);
    expect(learning.learned.intervalMs).toBe(70_000);
    for (let count = 0; count < 40; count += 1) learning = learn(learning, true, LEARN.holdMs - 1);
    expect(learning.learned.intervalMs).toBe(70_000);
    learning = learn(learning, true, LEARN.holdMs);
    expect(learning.learned.intervalMs).toBe(85_000);
  });

  test("keeps twenty networks, the least recently used goes", () => {
    let known = rememberLearned([], startLearning("n0", []).learned);
    for (let index = 1; index < 25; index += 1) {
      known = rememberLearned(known, startLearning(`n${index}`, known).learned);
    }
    known = rememberLearned(known, startLearning("n5", known).learned);
    expect(known).toHaveLength(20);
    expect(known[0]?.network).toBe("n5");
    expect(known.some(({ network }) => network === "n4")).toBe(false);
  });
});
