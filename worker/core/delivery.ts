import type { Priority } from "../../protocol/entries.ts";
import type { RetryStrategy, Settings } from "../../protocol/settings.ts";

/**
 * How long to wait for a device's ack before its entries are pushed again, by the operator's
 * strategy for that kind of device.
 */

/**
 * Smoothed round trip of push and ack, ms, as in RFC 6298 (alpha 1/8, beta 1/4); learned from runs
 * that were sent once (Karn's rule), so that an ack is never matched to the wrong attempt.
 */
export interface RoundTrip {
  readonly smoothedMs: number;
  readonly varianceMs: number;
}

export function learn(known: RoundTrip | null, sampleMs: number): RoundTrip {
  if (known === null) return { smoothedMs: sampleMs, varianceMs: sampleMs / 2 };
  const error = Math.abs(known.smoothedMs - sampleMs);
  return {
    smoothedMs: Math.round(known.smoothedMs * 0.875 + sampleMs * 0.125),
    varianceMs: Math.round(known.varianceMs * 0.75 + error * 0.25),
  };
}

export interface Delay {
  readonly settings: Settings;
  readonly platform: string;
  readonly roundTrip: RoundTrip | null;
  readonly priority: Priority;
}

/** Wait after the `attempts`-th push. `random` in [0, 1) spreads it upwards. */
export function retryDelayMs(delay: Delay, attempts: number, random: number): number {
  const { retry } = delay.settings;
  const strategy = strategyFor(delay.settings, delay.platform);
  const planned = planMs(strategy, attempts, delay);
  // Urgent entries are tried again sooner, bulk ones later; both stay above the learned floor.
  const weighed = planned * (delay.priority === "urgent" ? 0.5 : delay.priority === "bulk" ? 2 : 1);
  const wholeMs = Math.max(1, Math.round(weighed));
  return wholeMs + Math.floor(wholeMs * retry.jitter * random);
}

export function strategyFor(settings: Settings, platform: string): RetryStrategy {
  const { strategies } = settings.retry;
  return Object.hasOwn(strategies, platform)
    ? (strategies[platform] ?? strategies.default)
    : strategies.default;
}

function planMs(strategy: RetryStrategy, attempts: number, delay: Delay): number {
  switch (strategy.kind) {
    case "fixed":
      return strategy.delayMs;
    case "stepped": {
      const { delaysMs } = strategy;
      return delaysMs[Math.min(attempts, delaysMs.length) - 1] ?? 0;
    }
    case "adaptive": {
      const { baseMs, capMs } = strategy;
      const floor = adaptiveFloorMs(delay.settings, delay.roundTrip);
      const grown = Math.max(baseMs, floor) * 1.5 ** Math.min(attempts - 1, 32);
      return Math.max(floor, Math.min(capMs, grown));
    }
  }
}

/** Below this an ack that is merely slow would be taken for lost. */
export function adaptiveFloorMs(settings: Settings, roundTrip: RoundTrip | null): number {
  const network = roundTrip === null ? 0 : roundTrip.smoothedMs + 4 * roundTrip.varianceMs;
  return settings.ackDelayMs + network + 1_000;
}

/** Whether a device's app version may be expected to ack. Dotted numbers, compared one by one. */
export function canAck(capabilities: readonly string[], version: string, floor: string): boolean {
  return capabilities.includes("ack") && compareVersions(version, floor) >= 0;
}

export function compareVersions(a: string, b: string): number {
  const left = a.split(".");
  const right = b.split(".");
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = numberAt(left, i) - numberAt(right, i);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

/** What is not a number counts as 0: an unreadable version is an old one. */
function numberAt(parts: readonly string[], index: number): number {
  const value = Number.parseInt(parts[index] ?? "0", 10);
  return Number.isFinite(value) ? value : 0;
}
