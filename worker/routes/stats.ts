import type { Context } from "hono";
import { Hono } from "hono";
import * as v from "valibot";
import { emptyBatch, mergeBatch, type StatsBucket, summarise } from "../core/stats.ts";
import { type Http, operatorOnly, queryNumber, readQuery, refuse, signedIn } from "../http.ts";
import { lookAtStats } from "../policy.ts";
import { PROMETHEUS_TYPE, prometheusText } from "../prometheus.ts";
import { readStats, totalStats } from "../stats.ts";

const HOUR_MS = 3_600_000;
const RECENT_MS = 180_000;
const timeSchema = queryNumber(0, Number.MAX_SAFE_INTEGER);

/** Absent `to`: now. Absent `from`: an hour before `to`. */
const rangeSchema = v.strictObject({ from: v.optional(timeSchema), to: v.optional(timeSchema) });

/** `GET /v1/stats`: a summary of the range, and its buckets with histograms that can be merged. */
export const stats = new Hono<Http>().get("/", signedIn, operatorOnly, async (c) => {
  const query = readQuery(c, rangeSchema);
  if (!query.ok) return refuse(c, query.error);
  const to = query.value.to ?? Date.now() + 1;
  const from = query.value.from ?? Math.max(0, to - HOUR_MS);
  const buckets = await readStats(c.env, { from, to });
  const sum = emptyBatch();
  for (const { batch } of buckets) mergeBatch(sum, batch);
  if (query.value.to === undefined) await lookAtStats(c.env, eventsPerSecond(buckets, to), to);
  return c.json({ from, to, summary: summarise(sum), buckets });
});

/** What happened to users' objects in the last minutes, as far as it is known by now. */
function eventsPerSecond(buckets: readonly StatsBucket[], now: number): number {
  const recent = emptyBatch();
  for (const { start, batch } of buckets) {
    if (start > now - RECENT_MS) mergeBatch(recent, batch);
  }
  const { requests = 0, frames = 0 } = recent.counters;
  return (requests + frames) / (RECENT_MS / 1_000);
}

/** `GET /metrics`, for Prometheus; it sends the operator's token as any client does. */
export async function metrics(c: Context<Http>): Promise<Response> {
  const text = prometheusText(await totalStats(c.env));
  return c.body(text, 200, { "Content-Type": PROMETHEUS_TYPE });
}
