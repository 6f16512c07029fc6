import { emptyHistogram, type Histogram, mergeHistogram } from "../../../protocol/histogram.ts";
import { type CounterName, type HistogramName, parseSeries } from "../../../protocol/metrics.ts";

/** What was counted in `spanMs` from `start` on (ms since 1970), by the name of the series. */
export interface Bucket {
  readonly start: number;
  readonly spanMs: number;
  readonly counters: Readonly<Record<string, number>>;
  readonly histograms: Readonly<Record<string, Histogram>>;
}

/** The sum of a counter over all its series, or over those whose first labels are these. */
export function total(
  buckets: readonly Bucket[],
  name: CounterName,
  ...labels: readonly string[]
): number {
  let sum = 0;
  for (const { counters } of buckets) {
    for (const [series, value] of Object.entries(counters)) {
      if (isOf(series, name, labels)) sum += value;
    }
  }
  return sum;
}

/** A counter by the value of one of its labels, the largest first. */
export function byLabel(
  buckets: readonly Bucket[],
  name: CounterName,
  index = 0,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { counters } of buckets) {
    for (const [series, value] of Object.entries(counters)) {
      const parsed = parseSeries(series);
      if (parsed.name !== name) continue;
      const label = parsed.labels[index] ?? "";
      sums.set(label, (sums.get(label) ?? 0) + value);
    }
  }
  return new Map([...sums].sort(([, a], [, b]) => b - a));
}

/** All observations of a histogram in one: percentiles are never averaged. */
export function observed(
  buckets: readonly Bucket[],
  name: HistogramName,
  ...labels: readonly string[]
): Histogram {
  const sum = emptyHistogram();
  for (const { histograms } of buckets) {
    for (const [series, histogram] of Object.entries(histograms)) {
      if (isOf(series, name, labels)) mergeHistogram(sum, histogram);
    }
  }
  return sum;
}

/** The first labels that a histogram was observed with. */
export function labelsOf(buckets: readonly Bucket[], name: HistogramName): readonly string[] {
  const labels = new Set<string>();
  for (const { histograms } of buckets) {
    for (const series of Object.keys(histograms)) {
      const parsed = parseSeries(series);
      if (parsed.name === name) labels.add(parsed.labels[0] ?? "");
    }
  }
  return [...labels].sort();
}

function isOf(series: string, name: string, labels: readonly string[]): boolean {
  const parsed = parseSeries(series);
  return parsed.name === name && labels.every((label, index) => parsed.labels[index] === label);
}
