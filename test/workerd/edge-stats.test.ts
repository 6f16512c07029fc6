import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import {
  count,
  emptyBatch,
  type StatsBatch,
  sample,
  statsShardOf,
} from "../../worker/core/stats.ts";
import type { HoldfastEnv } from "../../worker/env.ts";
import { ObjectSql } from "../../worker/object-sql.ts";
import { HOUR_MS, MINUTE_MS, StatsStore } from "../../worker/stats-store.ts";
import { bearer, edge, tokenFor } from "./fixtures/edge.ts";

const NOW = Date.UTC(2026, 10, 22, 12, 30);

function batchOf(accepted: number, compensationMs?: number): StatsBatch {
  const batch = emptyBatch();
  count(batch, "accepted", [], accepted);
  if (compensationMs !== undefined) {
    sample(batch, "compensation_ms", ["retry-1"], compensationMs);
  }
  return batch;
}

function shard(name: string) {
  return (env.STATS as unknown as HoldfastEnv["STATS"]).getByName(name);
}

function nativeShard(name: string) {
  return env.STATS.get(env.STATS.idFromName(name));
}

function rowsWritten(name: string): Promise<number> {
  return runInDurableObject(nativeShard(name), (_, { storage }) => {
    const [row] = storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM minutes").toArray();
    return row?.n ?? 0;
  });
}

test("a lone batch is written at once and outlives the object's memory", async () => {
  await shard("lone").add(batchOf(3, 1_000));
  expect(await runDurableObjectAlarm(nativeShard("lone"))).toBe(false);
  await evictDurableObject(nativeShard("lone"));
  const total = await shard("lone").total();
  expect(total.counters).toMatchObject({ accepted: 3 });
  expect(total.histograms["compensation_ms|retry-1"]).toMatchObject({ count: 1, sum: 1_000 });
});

test("batches in quick succession share a row, written by one alarm", async () => {
  for (let i = 0; i < 50; i += 1) await shard("busy").add(batchOf(1));
  expect(await runDurableObjectAlarm(nativeShard("busy"))).toBe(true);
  expect(await runDurableObjectAlarm(nativeShard("busy"))).toBe(false);
  await evictDurableObject(nativeShard("busy"));
  expect((await shard("busy").total()).counters).toMatchObject({ accepted: 50 });
  // 50 batches may meet the turn of a minute.
  expect(await rowsWritten("busy")).toBeLessThanOrEqual(2);
});

test("a batch after waking adds to what the minute has already", async () => {
  await shard("woken").add(batchOf(1, 10));
  await evictDurableObject(nativeShard("woken"));
  await shard("woken").add(batchOf(2, 20));
  const total = await shard("woken").total();
  expect(total.counters).toMatchObject({ accepted: 3 });
  expect(total.histograms["compensation_ms|retry-1"]?.count).toBe(2);
});

test("the operator reads all shards as one, as JSON and for Prometheus", async () => {
  const users = ["ann", "ben", "cat", "dan", "eve", "fay", "gus", "hal"];
  expect(new Set(users.map(statsShardOf)).size).toBeGreaterThan(1);
  for (const user of users) await shard(statsShardOf(user)).add(batchOf(2, 100));
  const here = edge();
  const headers = bearer(await tokenFor(here, "root", "operator"));

  const stats = (await (await here.fetch("/v1/stats", { headers })).json()) as {
    summary: { counters: object; histograms: Record<string, { count: number; p99: number }> };
    buckets: object[];
  };
  expect(stats.summary.counters).toMatchObject({ accepted: 16 });
  expect(stats.summary.histograms["compensation_ms|retry-1"]).toMatchObject({ count: 8, p99: 100 });
  expect(stats.buckets.length).toBeGreaterThanOrEqual(1);

  const response = await here.fetch("/metrics", { headers });
  expect(response.headers.get("Content-Type")).toMatch(/^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  expect(text).toContain("\nholdfast_accepted_total 16\n");
  expect(text).toContain('\nholdfast_compensation_ms_bucket{route="retry-1",le="128"} 8\n');
  const old = await here.fetch("/v1/stats?from=0&to=1000", { headers });
  expect(await old.json()).toMatchObject({ summary: { counters: {} }, buckets: [] });
  const bad = await here.fetch("/v1/stats?from=yesterday", { headers });
  expect(bad.status).toBe(400);
});

test("Analytics Engine gets a point per series, where bound", async () => {
  const points: { indexes?: unknown; doubles?: unknown }[] = [];
  await runInDurableObject(nativeShard("analytics"), async (instance) => {
    const bound = instance as unknown as {
      env: { ANALYTICS?: object };
      add(batch: StatsBatch): Promise<void>;
    };
    bound.env = { ANALYTICS: { writeDataPoint: (point: object) => points.push(point) } };
    await bound.add(batchOf(4, 100));
  });
  expect(points.map(({ indexes }) => indexes)).toEqual([["compensation_ms"], ["accepted"]]);
  expect(points[1]?.doubles).toEqual([4]);
  expect(points[0]?.doubles).toEqual([1, 100, 100, 100, 100]);
});

test("hours are rolled up once, totals go on, old minutes go", async () => {
  await runInDurableObject(nativeShard("rolled"), (_, { storage }) => {
    const store = new StatsStore(new ObjectSql(storage));
    const first = NOW - 50 * HOUR_MS;
    for (let at = first; at < NOW; at += 10 * MINUTE_MS) store.putMinute(at, batchOf(1));
    const all = 50 * 6;
    expect(store.total().counters).toEqual({ accepted: all });
    store.rollUp(NOW);
    store.rollUp(NOW);
    expect(store.total().counters).toEqual({ accepted: all });

    const recent = store.read(NOW - HOUR_MS, NOW, NOW);
    expect(recent.map(({ spanMs }) => spanMs)).toEqual(Array(6).fill(MINUTE_MS));
    const long = store.read(first, NOW, NOW);
    const sum = long.reduce((n, { batch }) => n + (batch.counters["accepted"] ?? 0), 0);
    expect(sum).toBe(all);
    expect(long.length).toBeLessThan(all / 4);
    const oldest = storage.sql.exec<{ m: number }>("SELECT min(start) AS m FROM minutes").one().m;
    expect(oldest).toBeGreaterThanOrEqual(NOW - 49 * HOUR_MS);
  });
});
