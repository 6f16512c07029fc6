import type { CarriedStats, LiveSession, Session } from "../core/session.ts";
import { emptyBatch, isEmptyBatch, type StatsBatch, sample } from "../core/stats.ts";
import { liveSessions, type Turn } from "./turn.ts";

/**
 * What the object counts about itself. It is handed over now and then, since each time costs a row;
 * meanwhile sessions carry it through hibernation. What a crash takes is not counted.
 */

/** Each session has all that was counted when it was last attached: the newest counts. */
export function carriedStats(sessions: readonly Session[]): CarriedStats {
  const carried = sessions.flatMap((one) =>
    one.phase === "live" && one.stats !== null ? [one.stats] : [],
  );
  const [newest] = carried.sort((a, b) => countsOf(b.batch) - countsOf(a.batch));
  return newest ?? { since: 0, batch: emptyBatch() };
}

/** Hands the statistics over when it is time, and gives them to a session to carry otherwise. */
export function keepStats(turn: Turn): void {
  const { memory, now, settings } = turn;
  if (isEmptyBatch(memory.stats)) return;
  if (memory.statsSince === 0) memory.statsSince = now;
  const live = liveSessions(turn);
  for (const session of live) session.stats = null;
  const isDue = now - memory.statsSince >= settings.statsMs;
  if (isDue || countsOf(memory.stats) >= settings.statsCounts) {
    turn.effects.push({ kind: "stats", batch: memory.stats });
    memory.stats = emptyBatch();
    memory.statsSince = now;
    // None may bring back what was handed over.
    for (const session of live) turn.changed.add(session.id);
    return;
  }
  const carrier = carrierOf(turn, live);
  if (carrier === undefined) return;
  carrier.stats = { since: memory.statsSince, batch: memory.stats };
  turn.changed.add(carrier.id);
}

/**
 * A session that is attached anyway: attaching is most of what a small turn takes. Without one it
 * can wait for the turn of the alarm, where that is set.
 */
function carrierOf(turn: Turn, live: readonly LiveSession[]): LiveSession | undefined {
  const changed = live.find((session) => turn.changed.has(session.id));
  return changed ?? (turn.memory.alarmAt === null ? live[0] : undefined);
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
