/** All cases, one after the other, on one server. */
import type { MakeDevice } from "../support/cast.ts";
import type { Verdict } from "../support/history.ts";
import { Dice } from "../support/random.ts";
import { Stage } from "../support/stage.ts";
import { type ChaosCase, sumOf } from "./chaos-case.ts";
import { KILLS } from "./kills.ts";
import { LINKS } from "./links.ts";
import { PROCESSES } from "./processes.ts";
import { STEPS } from "./steps.ts";
import { STORMS } from "./storms.ts";
import { VERSIONS } from "./versions.ts";

export const CASES: readonly ChaosCase[] = [
  ...KILLS,
  ...STEPS,
  ...LINKS,
  ...PROCESSES,
  ...STORMS,
  ...VERSIONS,
];

export interface CaseResult {
  readonly name: string;
  readonly messages: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Out of order, phantoms and wrong numbers: whatever must not be, and is neither of the above. */
  readonly unexpected: number;
  readonly recovered: number;
  readonly seconds: number;
  /** What was found, in words; empty when all is well. */
  readonly findings: readonly string[];
}

export interface CaseOptions {
  readonly short: boolean;
  readonly seed: number;
  readonly make: MakeDevice;
}

export interface SuiteOptions extends CaseOptions {
  /** Only cases whose name contains this. */
  readonly only?: string;
  /** Another build of the Worker than the current one. */
  readonly entry?: string;
  readonly onResult?: (result: CaseResult) => void;
}

export async function runSuite(options: SuiteOptions): Promise<CaseResult[]> {
  const stage = await Stage.open(undefined, options.entry);
  try {
    const results: CaseResult[] = [];
    for (const one of CASES.filter(({ name }) => name.includes(options.only ?? ""))) {
      const result = await runCase(one, stage, options);
      options.onResult?.(result);
      results.push(result);
    }
    return results;
  } finally {
    await stage.close();
  }
}

export async function runCase(
  one: ChaosCase,
  stage: Stage,
  { short, seed, make }: CaseOptions,
): Promise<CaseResult> {
  const began = Date.now();
  const dice = new Dice(seed).split(one.name);
  const verdict = await one.run(stage, { short, dice, make }).catch(brokenOff);
  await stage.clear();
  const { messages, lost, duplicated, reordered, unexpected, recovered, findings } = verdict;
  return {
    name: one.name,
    messages,
    lost,
    duplicated,
    unexpected: unexpected + reordered,
    recovered,
    seconds: (Date.now() - began) / 1_000,
    findings,
  };
}

/** A case that did not get to its end has shown nothing; the others are run all the same. */
function brokenOff(error: unknown): Verdict {
  return { ...sumOf([]), unexpected: 1, findings: [`broke off: ${String(error)}`] };
}

export function isClean({ lost, duplicated, unexpected, recovered }: CaseResult): boolean {
  // A case in which nothing had to be recovered has broken nothing.
  return lost + duplicated + unexpected === 0 && recovered > 0;
}
