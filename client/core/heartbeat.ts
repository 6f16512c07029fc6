/**
 * One scheduler for every reason to test the link: quiet time (fixed by app state, or learned),
 * a short burst after something changed, an unanswered send, and an extra probe on foreground.
 * Times are monotonic ms. Anything that comes in is a sign of life.
 */
import { staleAfterMs } from "../../protocol/timing.ts";
import type { Pace } from "./pace.ts";

export interface Heartbeat {
  readonly lastIn: number;
  /** Last frame of ours of any kind: what the server judges us by. */
  readonly lastOut: number;
  /** When the ping that is out must be answered. */
  readonly deadline: number | undefined;
  /** The ping that is out was sent for its pace, so its fate teaches the interval. */
  readonly teaches: boolean;
  /** When a second socket is worth its while, should nothing have come in by then. */
  readonly hedgeAt: number | undefined;
  /** Extra pings to come. */
  readonly burst: readonly number[];
  /** A request is unanswered since. */
  readonly asked: number | undefined;
  /** Smoothed round trip. */
  readonly srttMs: number;
  /** What `beat` last said to wait for: a timer that comes later than this was asleep. */
  readonly waitsUntil: number;
}

export type Beat =
  | { readonly kind: "ping"; readonly deadlineMs: number; readonly teaches: boolean }
  | { readonly kind: "dead" }
  /** The probe is slow: have a second socket ready. */
  | { readonly kind: "hedge" }
  | { readonly kind: "wait"; readonly until: number };

export const HEARTBEAT = {
  burstMs: [0, 2_000, 5_000],
  probeDeadlineMs: 2_000,
  hedgeMs: 1_000,
  minAskMs: 2_000,
  /** A timer this late means that we, not the link, were asleep. */
  lateMs: 1_000,
  /** Wall and monotonic clock may part by this much. */
  jumpMs: 5_000,
} as const;

export function startHeartbeat(now: number): Heartbeat {
  return {
    lastIn: now,
    lastOut: now,
    deadline: undefined,
    teaches: false,
    hedgeAt: undefined,
    burst: [],
    asked: undefined,
    srttMs: 200,
    waitsUntil: Number.POSITIVE_INFINITY,
  };
}

export function heardFrom(heartbeat: Heartbeat, now: number): Heartbeat {
  return { ...heartbeat, lastIn: now, deadline: undefined, teaches: false, hedgeAt: undefined };
}

export function saidSomething(heartbeat: Heartbeat, now: number): Heartbeat {
  return { ...heartbeat, lastOut: now };
}

export function pinged(
  heartbeat: Heartbeat,
  beat: Extract<Beat, { kind: "ping" }>,
  now: number,
): Heartbeat {
  const { deadlineMs, teaches } = beat;
  const burst = heartbeat.burst.filter((at) => at > now);
  return { ...heartbeat, lastOut: now, burst, deadline: now + deadlineMs, teaches };
}

/** After connecting, a network change, on foreground, or a missed answer. */
export function startBurst(heartbeat: Heartbeat, now: number): Heartbeat {
  return { ...heartbeat, burst: HEARTBEAT.burstMs.map((ms) => now + ms) };
}

/** The socket may not have survived what happened: a ping that is out has no more time than a probe. */
export function startProbe(heartbeat: Heartbeat, now: number): Heartbeat {
  const { deadline } = heartbeat;
  const latest = now + HEARTBEAT.probeDeadlineMs;
  return {
    ...startBurst(heartbeat, now),
    deadline: deadline === undefined ? undefined : Math.min(deadline, latest),
    hedgeAt: heartbeat.hedgeAt ?? now + HEARTBEAT.hedgeMs,
  };
}

export function hedged(heartbeat: Heartbeat): Heartbeat {
  return { ...heartbeat, hedgeAt: undefined };
}

export function asked(heartbeat: Heartbeat, now: number): Heartbeat {
  return { ...heartbeat, asked: heartbeat.asked ?? now };
}

/** `roundTripMs`: how long it took, when the answer belongs to one question. */
export function answered(
  heartbeat: Heartbeat,
  roundTripMs: number | undefined,
  stillOpen: boolean,
  now: number,
): Heartbeat {
  const srttMs =
    roundTripMs === undefined ? heartbeat.srttMs : 0.875 * heartbeat.srttMs + 0.125 * roundTripMs;
  return { ...heartbeat, srttMs, asked: stillOpen ? now : undefined };
}

/** What to do now. Death is declared only by a timer that came in time. */
export function beat(heartbeat: Heartbeat, pace: Pace, announcedMs: number, now: number): Beat {
  const { deadline, hedgeAt = Number.POSITIVE_INFINITY } = heartbeat;
  const slept = now - heartbeat.waitsUntil >= HEARTBEAT.lateMs;
  if (deadline !== undefined) {
    if (now >= deadline) return slept ? probe() : { kind: "dead" };
    if (now >= hedgeAt) return { kind: "hedge" };
    return { kind: "wait", until: Math.min(deadline, hedgeAt) };
  }
  const [next] = heartbeat.burst;
  if (slept || (next !== undefined && now >= next)) return probe();
  const ask = askAt(heartbeat);
  if (ask !== undefined && now >= ask) return probe();
  const idle = heartbeat.lastIn + pace.idleMs;
  if (now >= idle) {
    return { kind: "ping", deadlineMs: pace.deadlineMs, teaches: pace.learns };
  }
  const seen = seenBy(heartbeat, announcedMs);
  if (now >= seen) return { kind: "ping", deadlineMs: pace.deadlineMs, teaches: false };
  const until = Math.min(idle, seen, next ?? idle, ask ?? idle);
  return { kind: "wait", until };
}

export function waiting(heartbeat: Heartbeat, until: number): Heartbeat {
  return { ...heartbeat, waitsUntil: until };
}

function probe(): Beat {
  return { kind: "ping", deadlineMs: HEARTBEAT.probeDeadlineMs, teaches: false };
}

function askAt({ asked, lastIn, srttMs }: Heartbeat): number | undefined {
  if (asked === undefined) return undefined;
  return Math.max(asked, lastIn) + Math.max(HEARTBEAT.minAskMs, 4 * srttMs);
}

/** What comes in doesn't show us to the server, which takes a silent device for gone. */
function seenBy({ lastOut }: Heartbeat, announcedMs: number): number {
  return lastOut + (2 / 3) * staleAfterMs(announcedMs);
}
