/**
 * How long to wait before the next attempt to connect. Loss on the server's side hits everybody at
 * once, so it is spread widely; loss on our own side hits us alone, so it is tried almost at once.
 */
export interface Backoff {
  /** Attempts since the last stable connection. */
  readonly attempt: number;
  readonly previousMs: number;
  /** Monotonic time of the last almost immediate try. */
  readonly immediateAt: number;
}

export interface Loss {
  /** Network change, wake-up or failed probe: nobody else is affected. */
  readonly local: boolean;
  /** The server's wish, from its close frame. */
  readonly spreadMs: number | undefined;
  readonly hidden: boolean;
}

export const BACKOFF = {
  firstMs: 3_000,
  minMs: 1_000,
  capMs: 12_000,
  hiddenCapMs: 60_000,
  localMs: 250,
  immediateEveryMs: 5_000,
  /** A connection that lived this long starts the count anew. */
  stableMs: 10_000,
} as const;

export const NO_BACKOFF: Backoff = {
  attempt: 0,
  previousMs: 0,
  immediateAt: Number.NEGATIVE_INFINITY,
};

/** `random` is from 0 to 1. Jitter comes after the cap: before it, all would wait exactly the cap. */
export function nextDelay(
  backoff: Backoff,
  loss: Loss,
  now: number,
  random: number,
): { readonly delayMs: number; readonly backoff: Backoff } {
  const attempt = backoff.attempt + 1;
  if (loss.spreadMs !== undefined) {
    return { delayMs: random * loss.spreadMs, backoff: { ...backoff, attempt } };
  }
  if (loss.local && now - backoff.immediateAt >= BACKOFF.immediateEveryMs) {
    const delayMs = random * BACKOFF.localMs;
    return { delayMs, backoff: { ...backoff, attempt, immediateAt: now } };
  }
  const delayMs = spread(backoff, loss.hidden, random);
  return { delayMs, backoff: { ...backoff, attempt, previousMs: delayMs } };
}

function spread(backoff: Backoff, hidden: boolean, random: number): number {
  if (backoff.previousMs === 0) return random * BACKOFF.firstMs;
  const cap = hidden ? BACKOFF.hiddenCapMs : BACKOFF.capMs;
  const upper = Math.min(cap, 3 * Math.max(backoff.previousMs, BACKOFF.minMs));
  return BACKOFF.minMs + random * (upper - BACKOFF.minMs);
}
