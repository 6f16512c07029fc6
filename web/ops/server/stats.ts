import type { Histogram } from "../../../protocol/histogram.ts";
import { type Answer, ask, at, listAt, numberAt } from "../../server/ask.ts";
import type { Bucket } from "../figures/series.ts";
import { numbersIn } from "./read-fields.ts";

export interface StatsAnswer {
  readonly from: number;
  readonly to: number;
  readonly buckets: readonly Bucket[];
}

/** Ms since 1970; without `to` up to now. */
export function readStats(
  token: string,
  from: number,
  to: number | undefined,
): Promise<Answer<StatsAnswer>> {
  const query = to === undefined ? `from=${from}` : `from=${from}&to=${to}`;
  return ask(`/v1/stats?${query}`, readAnswer, { token });
}

function readAnswer(body: unknown): StatsAnswer | undefined {
  const from = numberAt(body, "from");
  const to = numberAt(body, "to");
  if (from === undefined || to === undefined) return undefined;
  return { from, to, buckets: listAt(body, "buckets").map(readBucket) };
}

function readBucket(row: unknown): Bucket {
  const batch = at(row, "batch");
  const histograms = Object.entries(at(batch, "histograms") ?? {});
  return {
    start: numberAt(row, "start") ?? 0,
    spanMs: numberAt(row, "spanMs") ?? 0,
    counters: numbersIn(at(batch, "counters")),
    histograms: Object.fromEntries(
      histograms.map(([series, value]) => [series, readHistogram(value)]),
    ),
  };
}

function readHistogram(value: unknown): Histogram {
  return {
    count: numberAt(value, "count") ?? 0,
    sum: numberAt(value, "sum") ?? 0,
    max: numberAt(value, "max") ?? 0,
    buckets: numbersIn(at(value, "buckets")),
  };
}
