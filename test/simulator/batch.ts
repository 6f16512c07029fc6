import { Worker } from "node:worker_threads";
import type { Mutant } from "./mutant.ts";
import type { RunResult } from "./run.ts";
import type { Done, Job } from "./thread.ts";
import { addRun, noTotals, type Totals } from "./totals.ts";

/** A run that has not ended by then goes round in circles somewhere. */
const HANGS_AFTER_MS = 120_000;

export interface BatchOptions {
  /** Asked for the next one until there is none. */
  readonly jobs: Iterator<Job>;
  readonly threads: number;
  readonly mutant?: Mutant;
  /** No more jobs after the first violation. */
  readonly stopAtFirst?: boolean;
  onDone?(done: Done): void;
}

export function replayLine(job: Job): string {
  if (job.kind === "plan") return `npm run sim -- --plan ${job.name}`;
  return `npm run sim -- --seed ${job.seed}${job.isLarge ? " --large" : ""}`;
}

/** Runs all jobs over several threads and adds up what they came to. */
export async function runBatch(options: BatchOptions): Promise<Totals> {
  const totals = noTotals();
  const began = performance.now();
  const lanes = Array.from({ length: options.threads }, () => runLane(options, totals));
  await Promise.all(lanes);
  totals.wallSeconds = Math.round((performance.now() - began) / 10) / 100;
  totals.simulatedSeconds = Math.round(totals.simulatedSeconds);
  totals.violations.sort((a, b) => a.seed - b.seed);
  return totals;
}

async function runLane(options: BatchOptions, totals: Totals): Promise<void> {
  let thread = startThread(options.mutant);
  try {
    for (;;) {
      if (options.stopAtFirst && totals.violations.length > 0) return;
      const next = options.jobs.next();
      if (next.done) return;
      const done = await perform(thread, next.value);
      if (done.hangs) {
        await thread.terminate();
        thread = startThread(options.mutant);
      }
      addRun(totals, done.result, replayLine(done.job));
      options.onDone?.(done);
    }
  } finally {
    await thread.terminate();
  }
}

function startThread(mutant: Mutant | undefined): Worker {
  const url = new URL("./thread.ts", import.meta.url);
  return new Worker(url, { workerData: { mutant: mutant ?? null } });
}

function perform(thread: Worker, job: Job): Promise<Done & { readonly hangs: boolean }> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle({ job, result: hung(job), hangs: true }), HANGS_AFTER_MS);
    const onMessage = (done: Done) => settle({ ...done, hangs: false });
    const settle = (done: Done & { readonly hangs: boolean }) => {
      clearTimeout(timer);
      thread.off("message", onMessage);
      thread.off("error", onError);
      resolve(done);
    };
    const onError = (error: unknown) => {
      clearTimeout(timer);
      reject(error);
    };
    thread.on("message", onMessage);
    thread.on("error", onError);
    thread.postMessage(job);
  });
}

function hung(job: Job): RunResult {
  const text = `no end after ${HANGS_AFTER_MS / 1_000} s`;
  return {
    seed: job.kind === "seed" ? job.seed : job.plan.seed,
    violations: [{ invariant: "L1", harm: "unexpected", text, atMs: 0 }],
    turns: 0,
    messages: 0,
    faults: 0,
    simulatedMs: 0,
    recovered: 0,
    sometimes: {},
    fired: [],
  };
}
