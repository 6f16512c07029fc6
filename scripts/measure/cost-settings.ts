import {
  DEFAULT_SETTINGS,
  type RetryStrategy,
  type SettingsPatch,
} from "../../protocol/settings.ts";

/** Nobody is slowed down; no row is written for any of these. */
const NO_LIMITS: SettingsPatch = {
  connectsPerMinute: 1_000_000,
  rateBurst: 1_000_000,
  ratePerSecond: 1_000_000,
  newConversationsPerDay: 1_000_000,
};

/**
 * The defaults with every delay and every coalescing window `scale` times shorter, so that a minute
 * passes sooner and costs the same. Deadlines of calls stay: none is reached. `longScale` is for
 * what takes longer than minutes, where a case lets more time pass in between.
 */
export function scaledSettings(scale: number, longScale = scale): SettingsPatch {
  const { retry, handOffDelaysMs, ackDelayMs, ackMaxMs, safetyAlarmMs } = DEFAULT_SETTINGS;
  const { flushMs, statsMs } = DEFAULT_SETTINGS;
  const shorter = (ms: number) => Math.max(1, Math.round(ms / scale));
  return {
    ...NO_LIMITS,
    retry: { ...retry, strategies: { default: scaledStrategy(retry.strategies.default, shorter) } },
    handOffDelaysMs: handOffDelaysMs.map(shorter),
    ackDelayMs: shorter(ackDelayMs),
    ackMaxMs: shorter(ackMaxMs),
    safetyAlarmMs: shorter(safetyAlarmMs),
    flushMs: Math.round(flushMs / longScale),
    statsMs: Math.round(statsMs / longScale),
  };
}

function scaledStrategy(strategy: RetryStrategy, shorter: (ms: number) => number): RetryStrategy {
  switch (strategy.kind) {
    case "fixed":
      return { ...strategy, delayMs: shorter(strategy.delayMs) };
    case "stepped":
      return { ...strategy, delaysMs: strategy.delaysMs.map(shorter) };
    case "adaptive":
      return { ...strategy, baseMs: shorter(strategy.baseMs), capMs: shorter(strategy.capMs) };
  }
}
