/**
 * While an operator looks at the console, objects hand their statistics over sooner: within seconds
 * where little happens, less often the more there is to hand over, so that the shards which collect
 * it are called a few hundred times per second and not more.
 */
export interface Watch {
  /** Ms since 1970; afterwards the settings alone say how often. */
  readonly until: number;
  /** In place of the setting of the same name, if that is longer. */
  readonly statsMs: number;
}

export const NO_WATCH: Watch = { until: 0, statsMs: 0 };

/** Longer than a console takes between two questions. */
const WATCH_MS = 90_000;
const SOONEST_MS = 5_000;
/** An object hands over when something happens to it: so many events may, before it waits longer. */
const EVENTS_PER_SECOND = 400;

export function watchFrom(now: number, eventsPerSecond: number): Watch {
  const crowd = Math.max(1, eventsPerSecond / EVENTS_PER_SECOND);
  return { until: now + WATCH_MS, statsMs: Math.round(SOONEST_MS * crowd) };
}

/** Whether it is to be said again: half of it is over, or the crowd has become another. */
export function isWatchStale(watch: Watch, next: Watch): boolean {
  return watch.until < next.until - WATCH_MS / 2 || next.statsMs > 2 * watch.statsMs;
}

/** How often objects hand over now. */
export function watchedStatsMs(statsMs: number, watch: Watch, now: number): number {
  return now < watch.until ? Math.min(statsMs, watch.statsMs) : statsMs;
}
