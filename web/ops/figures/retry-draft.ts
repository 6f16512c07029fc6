import * as v from "valibot";
import {
  type RetryStrategy,
  retrySchema,
  retryStrategySchema,
  type Settings,
} from "../../../protocol/settings.ts";
import { numberOf } from "./setting-rules.ts";

export type Retry = Settings["retry"];
export const STRATEGY_KINDS = ["fixed", "stepped", "adaptive"] as const;

/** The retry settings as they stand in their fields. */
export interface RetryDraft {
  readonly maxAttempts: string;
  readonly ttlMs: string;
  readonly jitter: string;
  /** The first is for all platforms without one of their own. */
  readonly strategies: readonly StrategyDraft[];
}

/** Fields of all kinds, so that trying another kind forgets nothing. */
export interface StrategyDraft {
  readonly platform: string;
  readonly kind: RetryStrategy["kind"];
  readonly delayMs: string;
  readonly delaysMs: string;
  readonly baseMs: string;
  readonly capMs: string;
}

export const DEFAULT_PLATFORM = "default";

export function draftOf({ maxAttempts, ttlMs, jitter, strategies }: Retry): RetryDraft {
  const { default: first, ...others } = strategies;
  return {
    maxAttempts: String(maxAttempts),
    ttlMs: String(ttlMs),
    jitter: String(jitter),
    strategies: [
      strategyDraft(DEFAULT_PLATFORM, first),
      ...Object.entries(others).map(([platform, strategy]) => strategyDraft(platform, strategy)),
    ],
  };
}

/** Undefined when a field breaks its rule. */
export function retryFrom(draft: RetryDraft): Retry | undefined {
  const strategies = draft.strategies.map((one) => [one.platform, strategyFrom(one)] as const);
  const result = v.safeParse(retrySchema, {
    maxAttempts: numberOf(draft.maxAttempts),
    ttlMs: numberOf(draft.ttlMs),
    jitter: numberOf(draft.jitter),
    strategies: Object.fromEntries(strategies),
  });
  return result.success ? result.output : undefined;
}

/** Fields that break their rule, by name, and strategies that do, by platform. */
export function brokenFields({ strategies, ...numbers }: RetryDraft): ReadonlySet<string> {
  const { entries } = retrySchema;
  const broken = (["maxAttempts", "ttlMs", "jitter"] as const).filter(
    (name) => !v.is(entries[name], numberOf(numbers[name])),
  );
  const platforms = strategies
    .filter((strategy) => !v.is(retryStrategySchema, strategyFrom(strategy)))
    .map(({ platform }) => platform);
  return new Set([...broken, ...platforms]);
}

function strategyDraft(platform: string, strategy: RetryStrategy): StrategyDraft {
  const blank = { delayMs: "10000", delaysMs: "10000, 20000", baseMs: "1000", capMs: "300000" };
  switch (strategy.kind) {
    case "fixed":
      return { platform, kind: "fixed", ...blank, delayMs: String(strategy.delayMs) };
    case "stepped":
      return { platform, kind: "stepped", ...blank, delaysMs: strategy.delaysMs.join(", ") };
    case "adaptive": {
      const { baseMs, capMs } = strategy;
      return { platform, kind: "adaptive", ...blank, baseMs: String(baseMs), capMs: String(capMs) };
    }
  }
}

function strategyFrom({ kind, delayMs, delaysMs, baseMs, capMs }: StrategyDraft): object {
  switch (kind) {
    case "fixed":
      return { kind, delayMs: numberOf(delayMs) };
    case "stepped":
      return { kind, delaysMs: delaysMs.split(",").map(numberOf) };
    case "adaptive":
      return { kind, baseMs: numberOf(baseMs), capMs: numberOf(capMs) };
  }
}
