/** `npm run sim:mutants`: plants one bug after the other and lets the simulator look for it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runBatch } from "./batch.ts";
import { generate } from "./generate.ts";
import { type Mutant, mutated } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";
import { LARGE_MUTANTS } from "./mutants-large.ts";
import { run } from "./run.ts";
import type { Job } from "./thread.ts";

const ROOT = join(import.meta.dirname, "../..");
/** Of the planted bugs, at least so many must be found. */
const FOUND_SHARE = 0.9;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "2000" },
    from: { type: "string", default: "1" },
    threads: { type: "string", default: "2" },
    /** Only those whose name contains this. */
    only: { type: "string", default: "" },
    /** A part of them: the first so many are left out, and so many are looked for. */
    skip: { type: "string", default: "0" },
    take: { type: "string", default: String(MUTANTS.length) },
  },
});

const skipped = Number(values.skip);
const mutants = MUTANTS.filter(({ name }) => name.includes(values.only)).slice(
  skipped,
  skipped + Number(values.take),
);
// All of them first: code that has moved on is found out before an hour is spent.
for (const mutant of mutants) mutated(mutant, readFileSync(join(ROOT, mutant.file), "utf8"));

let found = 0;
for (const mutant of mutants) if (await hunt(mutant)) found += 1;
console.log(`${found} of ${mutants.length} found`);
if (found < FOUND_SHARE * mutants.length) process.exitCode = 1;

async function hunt(mutant: Mutant): Promise<boolean> {
  const isLarge = LARGE_MUTANTS.includes(mutant);
  const jobs = seeds(isLarge);
  for (;;) {
    const threads = Number(values.threads);
    const { violations } = await runBatch({ jobs, threads, mutant, stopAtFirst: true });
    const [first] = violations;
    const end = first === undefined ? "survived" : `found ${first.seed} ${first.invariant}`;
    // A seed that fails without the bug as well has found another one.
    const isSound = first === undefined || (await isClean(first.seed, isLarge));
    console.log(`${mutant.name}: ${isSound ? end : `${end}, which fails without it`}`);
    if (isSound) return first !== undefined;
    process.exitCode = 1;
  }
}

async function isClean(seed: number, isLarge: boolean): Promise<boolean> {
  return (await run(generate(seed, isLarge))).violations.length === 0;
}

function* seeds(isLarge: boolean): Generator<Job> {
  const from = Number(values.from);
  for (let n = 0; n < Number(values.seeds); n += 1) yield { kind: "seed", seed: from + n, isLarge };
}
