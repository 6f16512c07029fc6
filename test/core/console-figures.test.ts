import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyHistogram, observe } from "../../protocol/histogram.ts";
import { costOf, monthlyUsd, priceOf } from "../../web/ops/figures/cost.ts";
import { deploysIn } from "../../web/ops/figures/deploys.ts";
import { reasonsOf } from "../../web/ops/figures/lateness.ts";
import {
  downlinkSuccess,
  OUTCOMES,
  outcomesByStep,
  outcomesOf,
  sharesOf,
} from "../../web/ops/figures/outcome.ts";
import { cdfOf, percentilesOf, shareAtMost } from "../../web/ops/figures/percentiles.ts";
import { retriesOf } from "../../web/ops/figures/retries.ts";
import { type Bucket, byLabel, labelsOf, observed, total } from "../../web/ops/figures/series.ts";
import { stacked } from "../../web/ops/figures/stack.ts";
import { intoSteps, stepMsOf } from "../../web/ops/figures/steps.ts";
import { csvOf } from "../../web/ops/figures/table.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function bucket(
  counters: Record<string, number>,
  start = 0,
  observations: Record<string, number[]> = {},
): Bucket {
  const histograms = Object.entries(observations).map(([series, values]) => {
    const histogram = emptyHistogram();
    for (const value of values) observe(histogram, value);
    return [series, histogram] as const;
  });
  return { start, spanMs: MINUTE_MS, counters, histograms: Object.fromEntries(histograms) };
}

test("a counter adds up over buckets and labels, and never over names that begin alike", () => {
  const buckets = [
    bucket({ "acked|push": 3, acked_in_time: 100 }),
    bucket({ "acked|push": 1, "acked|retry-1": 2 }, MINUTE_MS),
  ];
  expect(total(buckets, "acked")).toBe(6);
  expect(total(buckets, "acked", "push")).toBe(4);
  expect(total(buckets, "acked", "catch-up")).toBe(0);
  expect([...byLabel(buckets, "acked")]).toEqual([
    ["push", 4],
    ["retry-1", 2],
  ]);
});

test("percentiles come from all observations together", () => {
  const buckets = [
    bucket({}, 0, { "compensation_ms|retry-1": [10, 10, 10] }),
    bucket({}, MINUTE_MS, { "compensation_ms|catch-up": [1_000] }),
  ];
  const all = percentilesOf(observed(buckets, "compensation_ms"));
  expect(all?.p50).toBeLessThan(12);
  expect(all?.p99).toBe(1_000);
  expect(observed(buckets, "compensation_ms", "retry-1").count).toBe(3);
  expect(labelsOf(buckets, "compensation_ms")).toEqual(["catch-up", "retry-1"]);
  expect(percentilesOf(observed([], "compensation_ms"))).toBeNull();
});

test("a cumulative distribution rises to 1 and agrees with the quantiles", () => {
  const values = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1 });
  fc.assert(
    fc.property(values, (observations) => {
      const histogram = observed([bucket({}, 0, { ack_ms: observations })], "ack_ms");
      const points = cdfOf(histogram);
      const shares = points.map(({ share }) => share);
      expect(shares.at(-1)).toBe(1);
      expect(shares).toEqual([...shares].sort((a, b) => a - b));
      const { p95 } = percentilesOf(histogram) ?? { p95: 0 };
      expect(shareAtMost(points, p95)).toBeGreaterThanOrEqual(0.95);
      expect(shareAtMost(points, 0.5)).toBe(0);
    }),
  );
});

test("steps cover the whole time, empty ones included, and lose no count", () => {
  const span = { from: 90_000, to: 15 * MINUTE_MS };
  const buckets = [bucket({ accepted: 2 }, MINUTE_MS), bucket({ accepted: 3 }, 14 * MINUTE_MS)];
  const steps = intoSteps(buckets, span);
  expect(steps).toHaveLength(14);
  expect(steps[0]).toMatchObject({ start: MINUTE_MS, spanMs: MINUTE_MS });
  expect(total(steps, "accepted")).toBe(5);
  expect(total([...steps].slice(1, 13), "accepted")).toBe(0);
});

test("a chart has at most 120 steps, and none shorter than what was counted together", () => {
  for (const hours of [0.25, 1, 6, 24, 168, 720]) {
    const span = { from: 0, to: hours * HOUR_MS };
    expect(span.to / stepMsOf(span, [])).toBeLessThanOrEqual(120);
  }
  const hourly = { ...bucket({}), spanMs: HOUR_MS };
  expect(stepMsOf({ from: 0, to: HOUR_MS }, [hourly])).toBe(HOUR_MS);
});

test("each push has exactly one outcome", () => {
  const pushes = bucket({
    "pushed|live": 100,
    "pushed|catch-up": 10,
    "acked|push": 80,
    "acked|retry-1": 4,
    "acked|retry-2": 1,
    "acked|retry-5": 1,
    "acked|catch-up": 9,
    "unconfirmed|live": 6,
    interrupted: 5,
    "given_up|attempts": 2,
    "given_up|expired": 7,
  });
  const outcomes = outcomesOf([pushes]);
  expect(outcomes).toEqual({
    push: 80,
    "retry-1": 4,
    "retry-2": 1,
    "retry-more": 1,
    "catch-up": 9,
    unconfirmed: 6,
    "cut-off": 3,
    "given-up": 2,
    pending: 4,
  });
  const sum = (shares: object | null) => Object.values(shares ?? {}).reduce((a, b) => a + b, 0);
  expect(sum(outcomes)).toBe(110);
  expect(sum(sharesOf(outcomes))).toBeCloseTo(1);
  expect(Object.keys(outcomes).sort()).toEqual([...OUTCOMES].sort());
  expect(sharesOf(outcomesOf([]))).toBeNull();
});

test("what is pending is carried into the step in which it ends", () => {
  const steps = [
    bucket({ "pushed|live": 10, "acked|push": 7 }),
    bucket({}, MINUTE_MS),
    bucket({ "acked|retry-1": 3 }, 2 * MINUTE_MS),
  ];
  expect(outcomesByStep(steps).map(({ pending }) => pending)).toEqual([3, 3, 0]);
  // More acks than pushes: the pushes were before this time.
  expect(outcomesOf([bucket({ "acked|push": 2 })]).pending).toBe(0);
});

test("downlink success leaves out devices that can't ack", () => {
  const counters = { "pushed|live": 110, "unconfirmed|live": 10, acked_in_time: 97 };
  expect(downlinkSuccess([bucket(counters)])).toBe(0.97);
  expect(downlinkSuccess([bucket({ "pushed|live": 3, "unconfirmed|live": 3 })])).toBeNull();
  expect(downlinkSuccess([])).toBeNull();
});

test("retries are told by attempt, with what each brought home", () => {
  const counters = {
    "retries|2|stepped": 1,
    "retries|1|stepped": 4,
    "retries|1|adaptive": 2,
    "retries|10|stepped": 1,
    "acked|retry-1": 5,
  };
  expect(retriesOf([bucket(counters)])).toEqual([
    { attempt: 1, byStrategy: { stepped: 4, adaptive: 2 }, pushed: 6, acked: 5 },
    { attempt: 2, byStrategy: { stepped: 1 }, pushed: 1, acked: 0 },
    { attempt: 10, byStrategy: { stepped: 1 }, pushed: 1, acked: 0 },
  ]);
});

test("layers stand on each other, and a gap goes through all of them", () => {
  const layers = [
    [1, null, 3],
    [1, 1, 1],
  ];
  expect(stacked(layers)).toEqual([
    [1, null, 3],
    [2, null, 4],
  ]);
});

test("cost follows the price table, item by item and in all", () => {
  const counters = {
    requests: 1_000_000,
    alarms: 1_000_000,
    frames: 20_000_000,
    rows_written: 1_000_000,
    rows_read: 1_000_000,
    active_ms: 1_000_000_000,
  };
  const { items, usd } = costOf([bucket(counters)]);
  const dollars = Object.fromEntries(items.map(({ what, usd: own }) => [what, own]));
  expect(dollars).toEqual({
    requests: 0.15,
    alarms: 0.15,
    frames: 0.15,
    rowsWritten: 1,
    rowsRead: 0.001,
    activeSeconds: 1.6,
  });
  expect(usd).toBeCloseTo(0.15 + 0.15 + 0.15 + 1 + 0.001 + 1.6);
  expect(priceOf("frames")).toBeCloseTo(0.0075);
  expect(monthlyUsd(1, { from: 0, to: HOUR_MS })).toBe(720);
});

test("a file keeps its cells apart and holds no formula", () => {
  const csv = csvOf({
    columns: [
      { label: "time", kind: "time" },
      { label: 'the "name"', kind: "text" },
      { label: "share", kind: "share" },
    ],
    rows: [
      [0, "=cmd()", 0.5],
      [1_000, "a, b", null],
    ],
  });
  expect(csv).toBe(
    'time,"the ""name""",share\r\n' +
      "1970-01-01T00:00:00.000Z,'=cmd(),0.5\r\n" +
      '1970-01-01T00:00:01.000Z,"a, b",\r\n',
  );
});

test("a deploy is where a version is first seen, but for the one that was there", () => {
  const buckets = [
    bucket({ "versions|b": 1 }, 5 * MINUTE_MS),
    bucket({ "versions|a": 4 }, MINUTE_MS),
    bucket({ "versions|a": 1, "versions|b": 3 }, 4 * MINUTE_MS),
  ];
  expect(deploysIn(buckets)).toEqual([{ version: "b", at: 4 * MINUTE_MS }]);
  expect(deploysIn([])).toEqual([]);
  expect(deploysIn([bucket({ accepted: 1 })])).toEqual([]);
});

test("what was late is told by what made it late", () => {
  const counted = bucket({
    "acked|push": 90,
    "acked|retry-1": 3,
    "acked|retry-4": 1,
    "acked|catch-up": 7,
    interrupted: 5,
    nacks: 2,
    "unconfirmed|live": 6,
    "refused|rate": 8,
    "refused|gap": 9,
  });
  const reasons = { offline: 7, cut: 5, slow: 4, refused: 2, old: 6, throttled: 8 };
  expect(reasonsOf([counted])).toEqual(reasons);
});
