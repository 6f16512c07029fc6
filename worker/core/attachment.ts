import type { Run } from "./feed.ts";
import type { Segment } from "./ledger.ts";
import type { LiveSession, Session } from "./session.ts";

/**
 * A session as it is kept in its socket's attachment: at most 16,384 bytes, more throws. Runs and
 * segments are most of it, so they are written without their names.
 */
const ROOM = 15_000;

type PackedRun = [number, number, number, number, number, number];
type PackedSegment = [number, number, Segment["route"], number, number, number, number | null];
type PackedLive = Omit<LiveSession, "feed" | "segments"> & {
  readonly feed: Omit<LiveSession["feed"], "runs"> & { readonly runs: PackedRun[] };
  readonly segments: PackedSegment[];
};

/**
 * What does not fit is left out in the order of its worth: statistics, then who looks, then ledger.
 * The rest always fits, for the number of runs is bounded.
 */
export function packSession(session: Session): string {
  if (session.phase === "waiting") return JSON.stringify(session);
  const lean = { ...session, stats: null };
  const unwatched = { ...lean, watching: [], watchers: [] };
  for (const kept of [session, lean, unwatched]) {
    const text = JSON.stringify(packLive(kept));
    if (text.length <= ROOM) return text;
  }
  return JSON.stringify(packLive({ ...unwatched, segments: [] }));
}

export function unpackSession(text: string): Session {
  const packed = JSON.parse(text) as PackedLive | Extract<Session, { phase: "waiting" }>;
  if (packed.phase === "waiting") return packed;
  const { device } = packed;
  return {
    // Of an older version, it may have been packed without what is new.
    ...{ watching: [], watchUntil: 0, watchers: [], isSettled: false },
    ...packed,
    feed: { ...packed.feed, runs: packed.feed.runs.map(unpackRun) },
    segments: packed.segments.map((segment) => unpackSegment(device, segment)),
  };
}

function packLive(session: LiveSession): PackedLive {
  const runs = session.feed.runs.map(
    (run): PackedRun => [run.from, run.to, run.bytes, run.firstAt, run.lastAt, run.attempts],
  );
  const segments = session.segments.map(
    (one): PackedSegment => [
      one.from,
      one.to,
      one.route,
      one.attempts,
      one.firstPushAt,
      one.lastPushAt,
      one.ackedAt,
    ],
  );
  return { ...session, feed: { ...session.feed, runs }, segments };
}

function unpackRun([from, to, bytes, firstAt, lastAt, attempts]: PackedRun): Run {
  return { from, to, bytes, firstAt, lastAt, attempts };
}

function unpackSegment(device: string, packed: PackedSegment): Segment {
  const [from, to, route, attempts, firstPushAt, lastPushAt, ackedAt] = packed;
  return { device, from, to, route, attempts, firstPushAt, lastPushAt, ackedAt };
}
