import type { Route } from "../../protocol/server-frames.ts";
import type { Run } from "./feed.ts";

/**
 * What happened to the entries `from … to` on their way to one device. Gathered in the socket's
 * attachment and written many at a time: a ledger for every message at a fraction of a row each.
 */
export interface Segment {
  readonly device: string;
  readonly from: number;
  readonly to: number;
  readonly route: Route;
  readonly attempts: number;
  readonly firstPushAt: number;
  readonly lastPushAt: number;
  /** Null: not acked on this connection; what came of it stands in a later segment. */
  readonly ackedAt: number | null;
}

export function segmentOf(device: string, run: Run, route: Route, ackedAt: number | null): Segment {
  return {
    device,
    from: run.from,
    to: run.to,
    route: run.attempts > 1 ? "retry" : route,
    attempts: run.attempts,
    firstPushAt: run.firstAt,
    lastPushAt: run.lastAt,
    ackedAt,
  };
}

/** Adjacent catch-up pages that were acked within a second of each other are told as one. */
export function addSegment(segments: readonly Segment[], segment: Segment): Segment[] {
  const last = segments.at(-1);
  if (last === undefined || !joins(last, segment)) return [...segments, segment];
  const joined = { ...last, to: segment.to, lastPushAt: segment.lastPushAt };
  return [...segments.slice(0, -1), joined];
}

function joins(a: Segment, b: Segment): boolean {
  if (a.route !== b.route || a.attempts !== b.attempts || a.device !== b.device) return false;
  if (a.ackedAt === null || b.ackedAt === null || a.to + 1 !== b.from) return false;
  return b.ackedAt - a.ackedAt < 1_000 && b.firstPushAt - a.firstPushAt < 1_000;
}

export function covers(segment: Segment, seq: number): boolean {
  return segment.from <= seq && seq <= segment.to;
}
