/** All StatsObjects read as one. */
import {
  emptyBatch,
  mergeBatch,
  mergeBuckets,
  STATS_SHARDS,
  type StatsBatch,
  type StatsBucket,
  type StatsRange,
  statsShard,
} from "./core/stats.ts";
import type { HoldfastEnv, StatsStub } from "./env.ts";
import type { Reading } from "./meter.ts";

export async function readStats(env: HoldfastEnv, range: StatsRange): Promise<StatsBucket[]> {
  const parts = await Promise.all(shards(env).map((shard) => shard.read(range)));
  return mergeBuckets(parts.flat());
}

export async function totalStats(env: HoldfastEnv): Promise<StatsBatch> {
  const sum = emptyBatch();
  for (const part of await Promise.all(shards(env).map((shard) => shard.total()))) {
    mergeBatch(sum, part);
  }
  return sum;
}

export function readStatsMeters(env: HoldfastEnv): Promise<Reading[]> {
  return Promise.all(shards(env).map((shard) => shard.meter()));
}

function shards(env: HoldfastEnv): StatsStub[] {
  return Array.from({ length: STATS_SHARDS }, (_, index) => env.STATS.getByName(statsShard(index)));
}
