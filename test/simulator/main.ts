/** `npm run sim`: see TESTING.md. */
import { parseArgs } from "node:util";
import { replayLine, runBatch } from "./batch.ts";
import { corpusJobs, keepPlan, readPlan } from "./corpus.ts";
import { generate } from "./generate.ts";
import type { Plan } from "./plan.ts";
import { run } from "./run.ts";
import { shrink } from "./shrink.ts";
import type { Done, Job } from "./thread.ts";
import { neverHappened, type Totals } from "./totals.ts";

/** A batch below this size may miss a rare event by chance. */
const SEEDS_FOR_COUNTERS = 1_000;
/** More seeds than this are run on no day. */
const SEEDS_A_DAY = 100_000;
const DAY_MS = 86_400_000;
const SHRINK_MS = 120_000;

const { values } = parseArgs({
  options: {
    /** How many new seeds, after the corpus. */
    seeds: { type: "string", default: "200" },
    /** The first of them; `new`: the day's, which nobody has run before it. */
    from: { type: "string", default: "1" },
    /** Instead of a number: as many as fit. */
    seconds: { type: "string" },
    threads: { type: "string", default: "2" },
    json: { type: "boolean", default: false },
    /** Groups mostly have one log for all. */
    large: { type: "boolean", default: false },
    /** One seed or one kept plan, alone. */
    seed: { type: "string" },
    plan: { type: "string" },
    /** With one of them: every event, and a smaller plan that fails the same way. */
    journal: { type: "boolean", default: false },
    shrink: { type: "boolean", default: false },
  },
});

if (values.seed !== undefined) await runOne(generate(Number(values.seed), values.large));
else if (values.plan !== undefined) await runOne(readPlan(values.plan));
else await runMany();

async function runOne(plan: Plan): Promise<void> {
  const write = (elapsedMs: number, line: string) => console.log(`${elapsedMs} ms  ${line}`);
  const { fired, violations, ...result } = await run(plan, values.journal ? write : undefined);
  console.log(JSON.stringify({ ...result, faults: fired.length }, null, 2));
  for (const { atMs, invariant, text } of violations)
    console.log(`${atMs} ms  ${invariant} ${text}`);
  const [first] = violations;
  if (first === undefined) return;
  process.exitCode = 1;
  if (!values.shrink) return;
  const smaller = await shrink(plan, first.invariant, SHRINK_MS);
  const name = keepPlan(smaller, first.invariant);
  console.log(JSON.stringify({ ops: smaller.ops, strikes: smaller.strikes, only: smaller.only }));
  console.log(replayLine({ kind: "plan", name, plan: smaller }));
}

/** New every day and the same all day long: what is red for one is red for all, until it is mended. */
function seedOfDay(now: number): number {
  const days = Math.floor(now / DAY_MS);
  return (days % 20_000) * SEEDS_A_DAY;
}

async function runMany(): Promise<void> {
  const from = values.from === "new" ? seedOfDay(Date.now()) : Number(values.from);
  const threads = Number(values.threads);
  const totals = await runBatch({ jobs: jobs(from), threads, onDone: tellViolation });
  if (values.json) console.log(JSON.stringify({ from, ...totals }));
  else tell(from, totals);
  const never = totals.seeds < SEEDS_FOR_COUNTERS ? [] : neverHappened(totals, values.large);
  if (never.length > 0) console.error(`never happened: ${never.join(", ")}`);
  if (totals.violations.length + never.length > 0) process.exitCode = 1;
}

function* jobs(from: number): Generator<Job> {
  yield* corpusJobs();
  const until = performance.now() + Number(values.seconds) * 1_000;
  for (let seed = from; ; seed += 1) {
    const isEnough =
      values.seconds === undefined
        ? seed >= from + Number(values.seeds)
        : performance.now() >= until;
    if (isEnough) return;
    yield { kind: "seed", seed, isLarge: values.large };
  }
}

/** At once: a long row is not over for hours. */
function tellViolation({ job, result: { violations } }: Done): void {
  const [first] = violations;
  if (first !== undefined) console.error(`${first.invariant} ${first.text}\n  ${replayLine(job)}`);
}

function tell(from: number, totals: Totals): void {
  const { violations, sometimes, ...numbers } = totals;
  console.log(JSON.stringify({ from, ...numbers }, null, 2));
  for (const [name, count] of Object.entries(sometimes)) {
    console.log(`${String(count).padStart(10)}  ${name}`);
  }
  for (const { invariant, text, replay } of violations) {
    console.log(`${invariant} ${text}\n  ${replay}`);
  }
}
