import { count, type StatsBatch, statsShardOf } from "./core/stats.ts";
import type { HoldfastEnv } from "./env.ts";
import { logFailure } from "./log.ts";
import type { Reading } from "./meter.ts";

const SERIES = [
  ["rows_written", "rowsWritten"],
  ["rows_read", "rowsRead"],
  ["requests", "requests"],
  ["frames", "frames"],
  ["active_ms", "activeMs"],
] as const;

/** Hands an object's statistics over, together with what the object has cost since the last time. */
export class UsageReport {
  readonly #env: HoldfastEnv;
  readonly #shard: string;
  #last: Reading | undefined;

  /** `name`: of the object; it decides which shard it reports to. */
  constructor(env: HoldfastEnv, name: string) {
    this.#env = env;
    this.#shard = statsShardOf(name);
  }

  /** Never rejects: what can't be handed over is lost, as with a crash. */
  async send(batch: StatsBatch, reading: Reading): Promise<void> {
    for (const [series, what] of SERIES) {
      count(batch, series, [], reading[what] - (this.#last?.[what] ?? 0));
    }
    this.#last = reading;
    try {
      await this.#env.STATS.getByName(this.#shard).add(batch);
    } catch (error) {
      logFailure("stats-unreachable", error);
    }
  }
}
