import type { DeviceRow } from "./device.ts";

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

/** How far a device is, and what it refuses. */
export type Progress = Pick<DeviceRow, "cursor" | "exceptions">;

/**
 * Of the entries that stand as placeholders, those that no device has: one that is past an entry
 * and does not refuse it has it.
 */
export function refusedByAll(devices: readonly Progress[]): readonly number[] {
  const refused = new Set(devices.flatMap(({ exceptions }) => exceptions));
  return [...refused].filter((seq) =>
    devices.every(({ cursor, exceptions }) => cursor < seq || exceptions.includes(seq)),
  );
}

export function isPoison(strikes: Strikes): boolean {
  return strikes.count >= POISON_STRIKES;
}
