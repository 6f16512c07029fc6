import { type Histogram, quantile } from "../protocol/histogram.ts";
import { parseSeries } from "../protocol/metrics.ts";
import type { StatsBatch } from "./core/stats.ts";

/** Workers Analytics Engine takes so many points per invocation and drops the rest. */
const MAX_POINTS = 250;

/**
 * One data point per series: `index1` and `blob1` its name, `blob2` … its labels; `double1` the
 * count, for histograms also sum, p50, p95, p99. Nothing happens where no data set is bound.
 */
export function writeAnalytics(
  dataset: AnalyticsEngineDataset | undefined,
  batch: StatsBatch,
): void {
  if (dataset === undefined) return;
  const counters = Object.entries(batch.counters).map(([series, value]) => point(series, [value]));
  const histograms = Object.entries(batch.histograms).map(([series, histogram]) =>
    point(series, figures(histogram)),
  );
  for (const entry of [...histograms, ...counters].slice(0, MAX_POINTS)) {
    dataset.writeDataPoint(entry);
  }
}

function point(series: string, doubles: number[]): AnalyticsEngineDataPoint {
  const { name, labels } = parseSeries(series);
  return { indexes: [name], blobs: [name, ...labels], doubles };
}

function figures(histogram: Histogram): number[] {
  const quantiles = [0.5, 0.95, 0.99].map((q) => quantile(histogram, q));
  return [histogram.count, histogram.sum, ...quantiles];
}
