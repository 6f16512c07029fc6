/** A token bucket: `burst` at once, `perSecond` on average. */
export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** Fractions don't add up exactly: whoever waits as long as told must not be told to wait again. */
const ROUNDING = 1e-6;

export function fullBucket(rate: Rate, now: number): Bucket {
  return { tokens: rate.burst, at: now };
}

/**
 * Takes `cost` tokens, or says how long to wait until they are there. What costs more than the
 * bucket holds passes when it is full, and is paid off afterwards: waiting would never end.
 */
export function take(
  bucket: Bucket,
  rate: Rate,
  cost: number,
  now: number,
): { ok: true; bucket: Bucket } | { ok: false; retryAfterMs: number } {
  const refill = (Math.max(0, now - bucket.at) / 1_000) * rate.perSecond;
  const tokens = Math.min(rate.burst, bucket.tokens + refill);
  const needed = Math.min(cost, rate.burst);
  if (tokens + ROUNDING >= needed) return { ok: true, bucket: { tokens: tokens - cost, at: now } };
  const missing = needed - tokens;
  return { ok: false, retryAfterMs: Math.ceil((missing / rate.perSecond) * 1_000) };
}
