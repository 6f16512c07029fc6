import { type Histogram, quantile, upperBound } from "../../../protocol/histogram.ts";

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Null when nothing was observed. */
export function percentilesOf(histogram: Histogram): Percentiles | null {
  if (histogram.count === 0) return null;
  return {
    p50: quantile(histogram, 0.5),
    p95: quantile(histogram, 0.95),
    p99: quantile(histogram, 0.99),
  };
}

export interface CdfPoint {
  readonly value: number;
  /** Share of the observations that were at most `value`. */
  readonly share: number;
}

/** Rises from bucket to bucket and ends at 1; empty when nothing was observed. */
export function cdfOf(histogram: Histogram): readonly CdfPoint[] {
  let seen = 0;
  return Object.entries(histogram.buckets)
    .map(([bucket, count]): [number, number] => [Number(bucket), count])
    .sort(([a], [b]) => a - b)
    .map(([bucket, count]) => {
      seen += count;
      return { value: Math.min(upperBound(bucket), histogram.max), share: seen / histogram.count };
    });
}

/** Share of the observations that were at most `value`, as well as the buckets can tell. */
export function shareAtMost(points: readonly CdfPoint[], value: number): number {
  return points.findLast((point) => point.value <= value)?.share ?? 0;
}
