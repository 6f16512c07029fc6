/** Sums by series (see stats.ts for how a series is named). */
export type Counters = Record<string, number>;

export function increase(counters: Counters, series: string, by: number): void {
  // A series named like something that every object inherits must not find it.
  const before = Object.hasOwn(counters, series) ? (counters[series] ?? 0) : 0;
  counters[series] = before + by;
}

export function mergeCounters(into: Counters, from: Counters): void {
  for (const [series, value] of Object.entries(from)) increase(into, series, value);
}
