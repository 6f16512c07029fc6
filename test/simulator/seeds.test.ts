import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { corpusJobs, readPlan } from "./corpus.ts";
import { generate } from "./generate.ts";
import { mutated } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";
import { run } from "./run.ts";

/** Always the same: what a change breaks shows here, what nobody has met yet in `npm run sim`. */
const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1);

test.each(corpusJobs().map(({ name }) => name))("%s, which failed once, holds", async (name) => {
  expect((await run(readPlan(name))).violations).toEqual([]);
});

test.each(SEEDS)("seed %i keeps all invariants", async (seed) => {
  const { violations, messages } = await run(generate(seed));
  expect(violations).toEqual([]);
  expect(messages).toBeGreaterThan(0);
});

test.each(SEEDS)("seed %i keeps all invariants where groups have one log", async (seed) => {
  expect((await run(generate(seed, true))).violations).toEqual([]);
});

test("each planted bug still has its place in the code: `npm run sim:mutants` looks for them", () => {
  const root = join(import.meta.dirname, "../..");
  for (const mutant of MUTANTS) {
    const source = readFileSync(join(root, mutant.file), "utf8");
    expect(mutated(mutant, source)).not.toBe(source);
  }
});
