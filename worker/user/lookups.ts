import { LIMITS } from "../../protocol/limits.ts";
import { type Bucket, take } from "../core/rate.ts";
import type { UserAnswer } from "../requests.ts";
import type { Turn } from "./turn.ts";

/** How often a user may ask the directory: whoever looks for names by the hundred finds few. */

const RATE = { burst: LIMITS.lookupsPerMinute, perSecond: LIMITS.lookupsPerMinute / 60 };

/** Memory forgets in sleep, and must not forgive there: it wakes with a quarter of the bucket. */
export function newLookups(): Bucket {
  return { tokens: RATE.burst / 4, at: 0 };
}

export function admitLookup(turn: Turn, cost: number): UserAnswer {
  const { memory, now } = turn;
  const since = memory.lookups.at === 0 ? { ...memory.lookups, at: now } : memory.lookups;
  const taken = take(since, RATE, cost, now);
  if (!taken.ok) return { ok: false, code: "rate", retryAfterMs: taken.retryAfterMs };
  memory.lookups = taken.bucket;
  return { ok: true, value: {} };
}
