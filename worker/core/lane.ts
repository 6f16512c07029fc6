import type { Settings } from "../../protocol/settings.ts";

/**
 * The way to one other object: at most one call under way, repeated with backoff by the alarm. An
 * object that fails or is overloaded is asked less and less often, never hammered.
 */
export interface Lane {
  readonly inFlight: boolean;
  readonly failures: number;
  /** When the first of these failures was, ms, or the first after a long pause; 0: none. */
  readonly failingSince: number;
  /** Not before this, ms; 0 when nothing holds it back. */
  readonly notBefore: number;
}

export const OPEN_LANE: Lane = {
  inFlight: false,
  failures: 0,
  failingSince: 0,
  notBefore: 0,
};

export function mayCall(lane: Lane, now: number): boolean {
  return !lane.inFlight && now >= lane.notBefore;
}

export function calling(lane: Lane): Lane {
  return { ...lane, inFlight: true };
}

/** Any successful contact resets the delay. */
export function succeeded(): Lane {
  return OPEN_LANE;
}

/** Between two attempts without anything to bring, the other side may have been well again. */
const SOON_MS = 600_000;

/** For how long every attempt has failed, ms; 0 when the last one is long ago. */
export function failingMs({ failures, failingSince, notBefore }: Lane, now: number): number {
  return failures > 0 && now - notBefore <= SOON_MS ? now - failingSince : 0;
}

export function failed(lane: Lane, settings: Settings, now: number, random: number): Lane {
  const { handOffDelaysMs } = settings;
  const step = handOffDelaysMs[Math.min(lane.failures, handOffDelaysMs.length - 1)] ?? 0;
  return {
    inFlight: false,
    failures: lane.failures + 1,
    failingSince: now - failingMs(lane, now),
    notBefore: now + Math.round(step * (1 + settings.retry.jitter * random)),
  };
}
