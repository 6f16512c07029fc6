import fc from "fast-check";
import { expect, test } from "vitest";
import { increase } from "../../worker/core/counters.ts";
import {
  count,
  emptyBatch,
  isEmptyBatch,
  mergeBatch,
  mergeBuckets,
  STATS_SHARDS,
  type StatsBatch,
  sample,
  statsShardOf,
  summarise,
} from "../../worker/core/stats.ts";
import { prometheusText } from "../../worker/prometheus.ts";

function batchOf(accepted: number): StatsBatch {
  const batch = emptyBatch();
  count(batch, "accepted", [], accepted);
  return batch;
}

test("counters add up by name and labels", () => {
  const batch = emptyBatch();
  expect(isEmptyBatch(batch)).toBe(true);
  count(batch, "retries", [2, "stepped"]);
  count(batch, "retries", [2, "stepped"], 3);
  count(batch, "retries", [3, "stepped"]);
  expect(batch.counters).toEqual({ "retries|2|stepped": 4, "retries|3|stepped": 1 });
  expect(isEmptyBatch(batch)).toBe(false);
});

test("a label that is no plain word can't break out of its series", () => {
  const batch = emptyBatch();
  for (const cause of ['a"} 1\nforged 2', "a|b", "", "x".repeat(33), "__proto__ "]) {
    count(batch, "connects", [cause]);
  }
  expect(batch.counters).toEqual({ "connects|other": 5 });
});

test("a series named like an inherited property starts at zero", () => {
  const batch = emptyBatch();
  increase(batch.counters, "constructor", 2);
  expect(batch.counters["constructor"]).toBe(2);
});

test("batches add up in any order, and what is merged stays as it was", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000), { minLength: 1 }), (counts) => {
      const parts = counts.map(batchOf);
      const forward = emptyBatch();
      const backward = emptyBatch();
      for (const part of parts) mergeBatch(forward, part);
      for (const part of [...parts].reverse()) mergeBatch(backward, part);
      expect(forward).toEqual(backward);
      expect(parts).toEqual(counts.map(batchOf));
    }),
  );
});

test("buckets of the same start from several shards become one, oldest first", () => {
  const merged = mergeBuckets([
    { start: 60, spanMs: 60, batch: batchOf(1) },
    { start: 0, spanMs: 60, batch: batchOf(2) },
    { start: 60, spanMs: 60, batch: batchOf(3) },
  ]);
  expect(merged).toEqual([
    { start: 0, spanMs: 60, batch: batchOf(2) },
    { start: 60, spanMs: 60, batch: batchOf(4) },
  ]);
});

test("every user has a shard, and all shards have users", () => {
  const shards = new Set(Array.from({ length: 200 }, (_, n) => statsShardOf(`user-${n}`)));
  expect(shards.size).toBe(STATS_SHARDS);
  expect(statsShardOf("alice")).toBe(statsShardOf("alice"));
});

test("the summary tells success as a share of what was pushed live", () => {
  const batch = emptyBatch();
  expect(summarise(batch)).toMatchObject({ firstPushSuccess: null, downlinkSuccess: null });
  count(batch, "pushed", ["live"], 200);
  count(batch, "pushed", ["catch-up"], 999);
  expect(summarise(batch)).toMatchObject({ firstPushSuccess: 0, downlinkSuccess: 0 });
  count(batch, "acked", ["push"], 150);
  count(batch, "acked_in_time", [], 190);
  for (let ms = 1; ms <= 100; ms += 1) sample(batch, "ack_ms", [], ms);
  const summary = summarise(batch);
  expect(summary).toMatchObject({ firstPushSuccess: 0.75, downlinkSuccess: 0.95 });
  expect(summary.histograms["ack_ms"]).toMatchObject({ count: 100, sum: 5_050, max: 100 });
  expect(summary.histograms["ack_ms"]?.p99).toBe(100);
});

test("Prometheus gets every family, cumulative buckets, and counters named _total", () => {
  const batch = batchOf(7);
  count(batch, "retries", [2, "stepped"], 3);
  sample(batch, "compensation_ms", ["catch-up"], 3);
  sample(batch, "compensation_ms", ["catch-up"], 1_000_000_000_000);
  const lines = prometheusText(batch).split("\n");
  expect(lines).toContain("# TYPE holdfast_accepted_total counter");
  expect(lines).toContain("holdfast_accepted_total 7");
  expect(lines).toContain('holdfast_retries_total{attempt="2",strategy="stepped"} 3');
  expect(lines).toContain("# TYPE holdfast_compensation_ms histogram");
  expect(lines).toContain('holdfast_compensation_ms_bucket{route="catch-up",le="2"} 0');
  expect(lines).toContain('holdfast_compensation_ms_bucket{route="catch-up",le="4"} 1');
  expect(lines).toContain('holdfast_compensation_ms_bucket{route="catch-up",le="2147483648"} 1');
  expect(lines).toContain('holdfast_compensation_ms_bucket{route="catch-up",le="+Inf"} 2');
  expect(lines).toContain('holdfast_compensation_ms_count{route="catch-up"} 2');
  expect(lines.at(-1)).toBe("");
  const sampleLine = /^[a-z_]+(\{([a-z]+="[^"\\\n]*",?)+\})? [0-9.e+]+$/;
  for (const line of lines.slice(0, -1)) {
    if (!line.startsWith("# ")) expect(line).toMatch(sampleLine);
  }
});
