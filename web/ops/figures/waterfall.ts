import type { DeviceStory, Trace } from "../server/trace.ts";

/** What happened, in ms since the message was accepted. */
export interface Waterfall {
  /** End of the axis. */
  readonly totalMs: number;
  readonly arrivals: readonly Arrival[];
  readonly lanes: readonly Lane[];
}

/** When a user's object had the message; null: not yet. */
export interface Arrival {
  readonly user: string;
  readonly afterMs: number | null;
}

/** One device. */
export interface Lane {
  readonly user: string;
  readonly device: string;
  readonly status: string;
  readonly spans: readonly LaneSpan[];
  readonly nextRetryAfterMs: number | null;
}

/** The pushes of one connection, and their ack. */
export interface LaneSpan {
  readonly route: string;
  readonly attempts: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly ackedMs: number | null;
}

/** The axis is never shorter than this. */
const SHORTEST_MS = 1_000;
/** Up to here the axis is nearly linear, beyond it logarithmic. */
const KNEE_MS = 20;

export function waterfallOf(trace: Trace): Waterfall {
  const since = (at: number) => Math.max(0, at - trace.acceptedAt);
  const lanes = trace.devices.map((story) => laneOf(story, since));
  const times = lanes.flatMap(({ spans, nextRetryAfterMs }) => [
    ...spans.flatMap(({ lastMs, ackedMs }) => [lastMs, ackedMs ?? 0]),
    nextRetryAfterMs ?? 0,
  ]);
  const arrivals = arrivalsOf(trace, since);
  const latest = Math.max(SHORTEST_MS, ...times, ...arrivals.map(({ afterMs }) => afterMs ?? 0));
  return { totalMs: latest * 1.2, arrivals, lanes };
}

/** Where on the axis something is, from 0 to 1. */
export function positionOf(afterMs: number, totalMs: number): number {
  return Math.log1p(afterMs / KNEE_MS) / Math.log1p(totalMs / KNEE_MS);
}

const TICKS_MS = [0, 100, 1_000, 10_000, 60_000, 900_000, 3_600_000, 86_400_000, 604_800_000];

/** Beyond this there is no room for a tick's text. */
const LAST_TICK_AT = 0.92;

export function ticksUpTo(totalMs: number): readonly number[] {
  return TICKS_MS.filter((ms) => positionOf(ms, totalMs) <= LAST_TICK_AT);
}

function laneOf(story: DeviceStory, since: (at: number) => number): Lane {
  const { user, device, status, pushes, nextRetryAt } = story;
  const spans = pushes.map(({ route, attempts, firstPushAt, lastPushAt, ackedAt }) => ({
    route,
    attempts,
    firstMs: since(firstPushAt),
    lastMs: since(lastPushAt),
    ackedMs: ackedAt === null ? null : since(ackedAt),
  }));
  const nextRetryAfterMs = nextRetryAt === null ? null : since(nextRetryAt);
  return { user, device, status, spans, nextRetryAfterMs };
}

function arrivalsOf(trace: Trace, since: (at: number) => number): readonly Arrival[] {
  const arrivals = new Map<string, number | null>();
  for (const { user, arrivedAt } of trace.devices) {
    arrivals.set(user, arrivedAt === null ? null : since(arrivedAt));
  }
  return [...arrivals].map(([user, afterMs]) => ({ user, afterMs }));
}
