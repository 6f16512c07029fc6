import type { Route } from "../../protocol/server-frames.ts";
import type { Run } from "../core/feed.ts";
import { addSegment, segmentOf } from "../core/ledger.ts";
import type { LiveSession } from "../core/session.ts";
import { count } from "../core/stats.ts";
import type { Turn } from "./turn.ts";

/** When a device was last there is known this well, for each end of a session would cost a row. */
const SEEN_STEP_MS = 300_000;

/** Whether a run belongs to what the device missed, or came while it was there. */
export function routeOf(session: LiveSession, run: Pick<Run, "from">): Route {
  return run.from <= session.caughtUpAt ? "catch-up" : "live";
}

/** The ledger gathers in the session, that is in the socket's attachment. */
export function noteRun(session: LiveSession, run: Run, ackedAt: number | null): void {
  const segment = segmentOf(session.device, run, routeOf(session, run), ackedAt);
  session.segments = addSegment(session.segments, segment);
  session.unflushed += run.to - run.from + 1;
}

/** What was under way when a socket ended is told as pushed and not acked. */
export function gaveUp(turn: Turn, session: LiveSession): void {
  noteInterrupted(turn, session);
  for (const run of session.feed.runs) noteRun(session, run, null);
}

/** What is under way will not be acked as it was sent: it is fed again. */
export function noteInterrupted(turn: Turn, { feed }: LiveSession): void {
  const entries = feed.runs.reduce((sum, run) => sum + run.to - run.from + 1, 0);
  if (entries > 0) count(turn.memory.stats, "interrupted", [], entries);
}

/** Writes a session's cursor and ledger: at its end. */
export function flushSession(turn: Turn, session: LiveSession): void {
  const row = turn.store.device(session.device);
  if (row === undefined) return flushLedger(turn, [session]);
  const cursor = session.acks ? Math.max(session.acked, row.cursor) : row.cursor;
  if (cursor > row.cursor || turn.now - row.seenAt >= SEEN_STEP_MS) {
    turn.store.saveDevice({
      ...row,
      cursor,
      roundTrip: session.roundTrip,
      seenAt: turn.now,
    });
  }
  flushLedger(turn, [session]);
}

/** One row for all the segments of all these sessions. */
export function flushLedger(turn: Turn, sessions: readonly LiveSession[]): void {
  const segments = sessions.flatMap((session) => session.segments);
  if (segments.length > 0) turn.store.addSegments(segments);
  for (const session of sessions) {
    session.segments = [];
    session.unflushed = 0;
    session.flushedAt = turn.now;
    turn.changed.add(session.id);
  }
}

/** Many acks, or a long time, since the last row: write what has gathered. */
export function flushWhenDue(turn: Turn, sessions: readonly LiveSession[]): void {
  const { flushEntries, flushMs } = turn.settings;
  const due = sessions.some(
    (session) =>
      session.unflushed >= flushEntries ||
      (session.segments.length > 0 && turn.now - session.flushedAt >= flushMs),
  );
  if (due) flushLedger(turn, sessions);
}
