import { parseSeries } from "../../../protocol/metrics.ts";
import { type Bucket, total } from "./series.ts";

/** What became of the n-th retry. */
export interface RetryRow {
  readonly attempt: number;
  /** Entries pushed again, by the strategy that planned it. */
  readonly byStrategy: Readonly<Record<string, number>>;
  readonly pushed: number;
  /** Entries that this retry brought home. */
  readonly acked: number;
}

/** In the order of attempts. */
export function retriesOf(buckets: readonly Bucket[]): readonly RetryRow[] {
  const attempts = new Map<number, Record<string, number>>();
  for (const { counters } of buckets) {
    for (const [series, value] of Object.entries(counters)) {
      const { name, labels } = parseSeries(series);
      if (name !== "retries") continue;
      const [attempt = "", strategy = ""] = labels;
      const sums = attempts.get(Number(attempt)) ?? {};
      sums[strategy] = (sums[strategy] ?? 0) + value;
      attempts.set(Number(attempt), sums);
    }
  }
  return [...attempts]
    .sort(([a], [b]) => a - b)
    .map(([attempt, byStrategy]) => {
      const pushed = Object.values(byStrategy).reduce((sum, value) => sum + value, 0);
      const acked = Math.min(pushed, total(buckets, "acked", `retry-${attempt}`));
      return { attempt, byStrategy, pushed, acked };
    });
}
