import { expect, test } from "vitest";
import { corpusJobs } from "./corpus.ts";
import { generate } from "./generate.ts";
import { run } from "./run.ts";

/** Always the same: what a change breaks shows here, what nobody has met yet in `npm run sim`. */
const FIRST = Array.from({ length: 40 }, (_, index) => index + 1);
/** A promise on top of a refusal; a read mark refused for a while; edits that outlived a recall. */
const ONCE_BROKEN = [64, 20_152, 21_111, 21_384, 8_187, 8_535, 21_045, 20_620];
const SEEDS = [...FIRST, ...ONCE_BROKEN];

test.each(SEEDS)("seed %i keeps all invariants", async (seed) => {
  const { violations, messages } = await run(generate(seed));
  expect(violations).toEqual([]);
  expect(messages).toBeGreaterThan(0);
});

test("plans that once failed hold", async () => {
  for (const job of corpusJobs()) {
    if (job.kind !== "plan") continue;
    const { violations } = await run(job.plan);
    expect({ plan: job.name, violations }).toEqual({ plan: job.name, violations: [] });
  }
});
