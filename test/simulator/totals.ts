import type { Harm } from "./checks/findings.ts";
import type { RunResult } from "./run.ts";
import { SOMETIMES, WITH_LARGE } from "./sometimes.ts";

/** A violation as a batch tells it: with the line that shows it again. */
export interface Found {
  readonly seed: number;
  readonly invariant: string;
  readonly text: string;
  readonly replay: string;
}

/** What a batch of runs came to. */
export interface Totals {
  seeds: number;
  turns: number;
  messages: number;
  faults: number;
  simulatedSeconds: number;
  wallSeconds: number;
  lost: number;
  duplicated: number;
  reordered: number;
  unexpected: number;
  recovered: number;
  readonly violations: Found[];
  readonly sometimes: Record<string, number>;
}

export function noTotals(): Totals {
  return {
    seeds: 0,
    turns: 0,
    messages: 0,
    faults: 0,
    simulatedSeconds: 0,
    wallSeconds: 0,
    lost: 0,
    duplicated: 0,
    reordered: 0,
    unexpected: 0,
    recovered: 0,
    violations: [],
    sometimes: Object.fromEntries(SOMETIMES.map((name) => [name, 0])),
  };
}

export function addRun(totals: Totals, result: RunResult, replay: string): void {
  totals.seeds += 1;
  totals.turns += result.turns;
  totals.messages += result.messages;
  totals.faults += result.faults;
  totals.simulatedSeconds += result.simulatedMs / 1_000;
  totals.recovered += result.recovered;
  for (const [name, count] of Object.entries(result.sometimes)) {
    totals.sometimes[name] = (totals.sometimes[name] ?? 0) + count;
  }
  for (const { harm } of result.violations) totals[harm satisfies Harm] += 1;
  const [first] = result.violations;
  if (first === undefined) return;
  const { invariant, text } = first;
  totals.violations.push({ seed: result.seed, invariant, text, replay });
}

/** What must happen now and then, and did not. */
export function neverHappened(totals: Totals, isLarge: boolean): string[] {
  const names = Object.keys(totals.sometimes).filter((name) => isLarge || !WITH_LARGE.has(name));
  return names.filter((name) => totals.sometimes[name] === 0);
}
