/** What a chaos case is, and what it says in the end. */
import type { MakeDevice } from "../support/cast.ts";
import type { Verdict } from "../support/history.ts";
import type { Dice } from "../support/random.ts";
import type { Stage } from "../support/stage.ts";

export interface ChaosPlan {
  /** The short form is part of `npm test`; the full one takes many times as long. */
  readonly short: boolean;
  readonly dice: Dice;
  readonly make: MakeDevice;
}

export interface ChaosCase {
  readonly name: string;
  /** Runs on a stage that is empty but for earlier people, and leaves its own devices on it. */
  readonly run: (stage: Stage, plan: ChaosPlan) => Promise<Verdict>;
}

/** How long a case waits at the end while nothing that is under way arrives. */
export const SETTLE_MS = 30_000;

/** One of the two numbers, by the form of the run. */
export function upTo(plan: ChaosPlan, short: number, full: number): number {
  return plan.short ? short : full;
}

/** Until all have ended: one that breaks off ends the others, which see `end`, before it is told. */
export async function together(end: () => void, ...acts: readonly Promise<void>[]): Promise<void> {
  try {
    await Promise.all(acts);
  } finally {
    end();
    await Promise.allSettled(acts);
  }
}

/** A case in several acts, each on its own people, judged as one. */
export function sumOf(verdicts: readonly Verdict[]): Verdict {
  const total = (count: (verdict: Verdict) => number) =>
    verdicts.reduce((sum, verdict) => sum + count(verdict), 0);
  return {
    messages: total(({ messages }) => messages),
    accepted: total(({ accepted }) => accepted),
    lost: total(({ lost }) => lost),
    duplicated: total(({ duplicated }) => duplicated),
    reordered: total(({ reordered }) => reordered),
    unexpected: total(({ unexpected }) => unexpected),
    recovered: total(({ recovered }) => recovered),
    findings: verdicts.flatMap(({ findings }) => findings),
  };
}
