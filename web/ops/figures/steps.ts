import { emptyHistogram, type Histogram, mergeHistogram } from "../../../protocol/histogram.ts";
import type { Bucket } from "./series.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const STEPS_MS = [
  MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  24 * HOUR_MS,
];
/** More points than this say nothing more to the eye. */
const MAX_STEPS = 120;

export interface Span {
  /** Ms since 1970; `to` is not included. */
  readonly from: number;
  readonly to: number;
}

/** How long one step of a chart over so much time is. */
export function stepMsOf({ from, to }: Span, buckets: readonly Bucket[]): number {
  const widest = Math.max(MINUTE_MS, ...buckets.map(({ spanMs }) => spanMs));
  const fitting = STEPS_MS.find((ms) => ms >= widest && (to - from) / ms <= MAX_STEPS);
  return fitting ?? 24 * HOUR_MS;
}

/** One bucket per step, oldest first; a step in which nothing was counted is an empty one. */
export function intoSteps(buckets: readonly Bucket[], span: Span): readonly Bucket[] {
  const spanMs = stepMsOf(span, buckets);
  const steps = new Map<number, Bucket[]>();
  for (let start = floorTo(span.from, spanMs); start < span.to; start += spanMs) {
    steps.set(start, []);
  }
  for (const bucket of buckets) steps.get(floorTo(bucket.start, spanMs))?.push(bucket);
  return [...steps].map(([start, parts]) => joined(start, spanMs, parts));
}

function joined(start: number, spanMs: number, parts: readonly Bucket[]): Bucket {
  const counters: Record<string, number> = {};
  const histograms: Record<string, Histogram> = {};
  for (const part of parts) {
    for (const [series, value] of Object.entries(part.counters)) {
      counters[series] = (counters[series] ?? 0) + value;
    }
    for (const [series, histogram] of Object.entries(part.histograms)) {
      const sum = histograms[series] ?? emptyHistogram();
      mergeHistogram(sum, histogram);
      histograms[series] = sum;
    }
  }
  return { start, spanMs, counters, histograms };
}

function floorTo(time: number, stepMs: number): number {
  return time - (time % stepMs);
}
