import fc from "fast-check";
import { expect, test } from "vitest";
import {
  countAtMost,
  emptyHistogram,
  type Histogram,
  mergeHistogram,
  observe,
  quantile,
} from "../../protocol/histogram.ts";

const values = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1 });

function histogramOf(observed: readonly number[]): Histogram {
  const histogram = emptyHistogram();
  for (const value of observed) observe(histogram, value);
  return histogram;
}

test("merged histograms are the one that a single observer would have seen", () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      const merged = histogramOf(a);
      mergeHistogram(merged, histogramOf(b));
      const single = histogramOf([...a, ...b]);
      expect(merged.buckets).toEqual(single.buckets);
      expect({ ...merged, sum: 0 }).toEqual({ ...single, sum: 0 });
      expect(merged.sum).toBeCloseTo(single.sum, 0);
    }),
  );
});

test("a quantile is at most 9.1 % above the exact one, and never below", () => {
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (observed, q) => {
      const sorted = [...observed].sort((a, b) => a - b);
      const exact = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
      const told = quantile(histogramOf(observed), q);
      expect(told).toBeGreaterThanOrEqual(exact);
      expect(told).toBeLessThanOrEqual(Math.max(1, exact * 1.091));
    }),
  );
});

test("powers of two are exact bounds", () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 0, max: 30 }), (observed, exponent) => {
      const histogram = histogramOf([...observed, 2 ** exponent]);
      const exact = [...observed, 2 ** exponent].filter((value) => value <= 2 ** exponent);
      expect(countAtMost(histogram, exponent)).toBe(exact.length);
    }),
  );
});

test("the edges: nothing, zero, before zero, beyond the last bucket, no number", () => {
  expect(quantile(emptyHistogram(), 0.5)).toBe(0);
  const histogram = histogramOf([0, -5, Number.POSITIVE_INFINITY]);
  expect(histogram).toMatchObject({ count: 3, sum: 2 ** 40, max: 2 ** 40 });
  expect(countAtMost(histogram, 0)).toBe(2);
  expect(Object.keys(histogram.buckets)).toHaveLength(2);
  expect(() => observe(histogram, Number.NaN)).toThrow("numbers only");
});
