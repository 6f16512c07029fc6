/**
 * Histograms with logarithmic buckets: two of them, gathered anywhere, merge into exactly the one
 * that a single observer would have seen, so percentiles are never averaged.
 *
 * Bucket 0 holds 0 to 1, bucket i holds what is above 2^((i - 1) / 8) and at most 2^(i / 8): a
 * quantile is told at most 9 % too high. Powers of two are bounds, so that exports with fewer
 * buckets stay exact.
 */
export const BUCKETS_PER_DOUBLING = 8;

/** 2^40 ms are 34 years: everything beyond is told as that. */
const LAST_BUCKET = 40 * BUCKETS_PER_DOUBLING;

export interface Histogram {
  count: number;
  sum: number;
  max: number;
  /** Observations by bucket; only those that have any. */
  readonly buckets: Record<number, number>;
}

export function emptyHistogram(): Histogram {
  return { count: 0, sum: 0, max: 0, buckets: {} };
}

/** Negative values are told as 0: a clock that went back must not cost a statistic. */
export function observe(histogram: Histogram, value: number): void {
  if (Number.isNaN(value)) throw new Error("a histogram takes numbers only");
  const bounded = Math.min(Math.max(0, value), upperBound(LAST_BUCKET));
  const bucket = bucketOf(bounded);
  histogram.count += 1;
  histogram.sum += bounded;
  histogram.max = Math.max(histogram.max, bounded);
  histogram.buckets[bucket] = (histogram.buckets[bucket] ?? 0) + 1;
}

export function mergeHistogram(into: Histogram, from: Histogram): void {
  into.count += from.count;
  into.sum += from.sum;
  into.max = Math.max(into.max, from.max);
  for (const [bucket, count] of Object.entries(from.buckets)) {
    const index = Number(bucket);
    into.buckets[index] = (into.buckets[index] ?? 0) + count;
  }
}

/** The value that a share `q` (0 to 1) of all observations does not exceed; 0 when there are none. */
export function quantile(histogram: Histogram, q: number): number {
  const rank = Math.max(1, Math.ceil(q * histogram.count));
  let seen = 0;
  for (const [bucket, count] of sortedBuckets(histogram)) {
    seen += count;
    if (seen >= rank) return Math.min(upperBound(bucket), histogram.max);
  }
  return 0;
}

/** How many observations were at most `2^exponent`. */
export function countAtMost(histogram: Histogram, exponent: number): number {
  const last = exponent * BUCKETS_PER_DOUBLING;
  return sortedBuckets(histogram)
    .filter(([bucket]) => bucket <= last)
    .reduce((sum, [, count]) => sum + count, 0);
}

export function upperBound(bucket: number): number {
  return 2 ** (bucket / BUCKETS_PER_DOUBLING);
}

function bucketOf(value: number): number {
  return value <= 1 ? 0 : Math.ceil(Math.log2(value) * BUCKETS_PER_DOUBLING);
}

function sortedBuckets(histogram: Histogram): [number, number][] {
  return Object.entries(histogram.buckets)
    .map(([bucket, count]): [number, number] => [Number(bucket), count])
    .sort(([a], [b]) => a - b);
}
