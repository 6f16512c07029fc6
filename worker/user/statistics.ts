import type { CarriedStats, Session } from "../core/session.ts";
import { emptyBatch, isEmptyBatch, mergeBatch, type StatsBatch, sample } from "../core/stats.ts";
import { liveSessions, type Turn } from "./turn.ts";

/**
 * What the object counts about itself. It is handed over now and then, since each time costs a row;
 * meanwhile one session carries it through hibernation. What a crash takes is not counted.
 */

export function carriedStats(sessions: readonly Session[]): CarriedStats {
  const batch = emptyBatch();
  let since = 0;
  for (const session of sessions) {
    if (session.phase === "waiting" || session.stats === null) continue;
    mergeBatch(batch, session.stats.batch);
    since = Math.max(since, session.stats.since);
  }
  return { since, batch };
}

/** Hands the statistics over when it is time, and gives them to a session to carry otherwise. */
export function keepStats(turn: Turn): void {
  const { memory, now, settings } = turn;
  if (isEmptyBatch(memory.stats)) return;
  if (memory.statsSince === 0) memory.statsSince = now;
  const [carrier, ...others] = liveSessions(turn);
  for (const other of others) other.stats = null;
  const isDue = now - memory.statsSince >= settings.statsMs;
  if (isDue || countsOf(memory.stats) >= settings.statsCounts) {
    turn.effects.push({ kind: "stats", batch: memory.stats });
    memory.stats = emptyBatch();
    memory.statsSince = now;
    if (carrier !== undefined) carrier.stats = null;
  } else if (carrier !== undefined) {
    carrier.stats = { since: memory.statsSince, batch: memory.stats };
  }
  if (carrier !== undefined) turn.changed.add(carrier.id);
}

/** How much has been counted: a message comes to about ten counts. */
function countsOf({ counters }: StatsBatch): number {
  return Object.values(counters).reduce((sum, value) => sum + value, 0);
}

/** How far behind the devices are, as seen at each alarm. */
export function sampleQueues(turn: Turn): void {
  const { stats, timeline } = turn.memory;
  for (const { feed } of liveSessions(turn)) {
    sample(stats, "queue_depth", [], timeline.head - feed.have);
    const [oldest] = feed.runs;
    if (oldest !== undefined) sample(stats, "queue_oldest_ms", [], turn.now - oldest.firstAt);
  }
}
