/**
 * Rule 17. An entry that a device refuses five times, or that it never gets past in five hellos,
 * within an hour, is replaced for that device by a placeholder: it must not block what follows,
 * and must not vanish in silence.
 */
export const POISON_STRIKES = 5;
export const POISON_WINDOW_MS = 3_600_000;

/** Strikes against the entry at the head of a device's feed. */
export interface Strikes {
  readonly seq: number;
  readonly count: number;
  readonly since: number;
}

export function strike(known: Strikes | null, seq: number, now: number): Strikes {
  if (known === null || known.seq !== seq || now - known.since > POISON_WINDOW_MS) {
    return { seq, count: 1, since: now };
  }
  return { ...known, count: known.count + 1 };
}

export function isPoison(strikes: Strikes): boolean {
  return strikes.count >= POISON_STRIKES;
}
