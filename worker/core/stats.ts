/**
 * A batch of statistics: gathered in an object's memory, handed to a StatsObject now and then, and
 * merged there. Batches add up in any order.
 */

import {
  emptyHistogram,
  type Histogram,
  mergeHistogram,
  observe,
  quantile,
} from "../../protocol/histogram.ts";
import {
  type COUNTERS,
  type CounterName,
  type HISTOGRAMS,
  type HistogramName,
  type LabelValues,
  seriesOf,
} from "../../protocol/metrics.ts";
import { type Counters, increase, mergeCounters } from "./counters.ts";
import { fnv1a } from "./hash.ts";

export interface StatsBatch {
  readonly counters: Counters;
  readonly histograms: Record<string, Histogram>;
}

/** What was counted in `spanMs` from `start` on. */
export interface StatsBucket {
  readonly start: number;
  readonly spanMs: number;
  readonly batch: StatsBatch;
}

export interface StatsRange {
  /** Both in ms; `from` is included, `to` is not. */
  readonly from: number;
  readonly to: number;
}

/** How many StatsObjects share the load. */
export const STATS_SHARDS = 4;

/** The StatsObject that a user's object hands its batches to. */
export function statsShardOf(user: string): string {
  return statsShard(fnv1a(user) % STATS_SHARDS);
}

export function statsShard(index: number): string {
  return `stats-${index}`;
}

export function emptyBatch(): StatsBatch {
  return { counters: {}, histograms: {} };
}

export function isEmptyBatch(batch: StatsBatch): boolean {
  return Object.keys(batch.counters).length + Object.keys(batch.histograms).length === 0;
}

/** Adds to a counter: `count(batch, "retries", [3, "stepped"])`. */
export function count<N extends CounterName>(
  batch: StatsBatch,
  name: N,
  labels: LabelValues<(typeof COUNTERS)[N]["labels"]>,
  by = 1,
): void {
  increase(batch.counters, seriesOf(name, labels), by);
}

/** Adds an observation: `sample(batch, "compensation_ms", ["retry-2"], 12_000)`. */
export function sample<N extends HistogramName>(
  batch: StatsBatch,
  name: N,
  labels: LabelValues<(typeof HISTOGRAMS)[N]["labels"]>,
  value: number,
): void {
  observe(histogramOf(batch, seriesOf(name, labels)), value);
}

export function mergeBatch(into: StatsBatch, from: StatsBatch): void {
  mergeCounters(into.counters, from.counters);
  for (const [series, histogram] of Object.entries(from.histograms)) {
    mergeHistogram(histogramOf(into, series), histogram);
  }
}

/** One bucket per start, whatever shards they come from, oldest first. */
export function mergeBuckets(buckets: readonly StatsBucket[]): StatsBucket[] {
  const merged = new Map<string, StatsBucket>();
  for (const { start, spanMs, batch } of buckets) {
    const key = `${start}/${spanMs}`;
    const bucket = merged.get(key) ?? { start, spanMs, batch: emptyBatch() };
    mergeBatch(bucket.batch, batch);
    merged.set(key, bucket);
  }
  return [...merged.values()].sort((a, b) => a.start - b.start);
}

export interface HistogramSummary {
  readonly count: number;
  readonly sum: number;
  readonly max: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** The figures that people ask for first. Shares are null where nothing was counted. */
export interface StatsSummary {
  /** Entries acked at their first push, as a share of those pushed live to devices that can ack. */
  readonly firstPushSuccess: number | null;
  /** Entries acked within 10 s of their first push, likewise. */
  readonly downlinkSuccess: number | null;
  readonly counters: Readonly<Counters>;
  readonly histograms: Readonly<Record<string, HistogramSummary>>;
}

export function summarise(batch: StatsBatch): StatsSummary {
  const { counters } = batch;
  const confirmable =
    (counters[seriesOf("pushed", ["live"])] ?? 0) -
    (counters[seriesOf("unconfirmed", ["live"])] ?? 0);
  const histograms = Object.entries(batch.histograms).map(
    ([series, histogram]) => [series, summariseHistogram(histogram)] as const,
  );
  return {
    firstPushSuccess: share(counters[seriesOf("acked", ["push"])], confirmable),
    downlinkSuccess: share(counters[seriesOf("acked_in_time", [])], confirmable),
    counters,
    histograms: Object.fromEntries(histograms),
  };
}

function summariseHistogram(histogram: Histogram): HistogramSummary {
  const { count, sum, max } = histogram;
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => quantile(histogram, q)) as [
    number,
    number,
    number,
  ];
  return { count, sum, max, p50, p95, p99 };
}

function share(part: number | undefined, whole: number): number | null {
  return whole <= 0 ? null : (part ?? 0) / whole;
}

function histogramOf(batch: StatsBatch, series: string): Histogram {
  const known = Object.hasOwn(batch.histograms, series) ? batch.histograms[series] : undefined;
  if (known !== undefined) return known;
  const histogram = emptyHistogram();
  batch.histograms[series] = histogram;
  return histogram;
}
