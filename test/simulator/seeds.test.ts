import { expect, test } from "vitest";
import { corpusJobs, readPlan } from "./corpus.ts";
import { generate } from "./generate.ts";
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
