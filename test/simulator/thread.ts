/** Runs plans one after the other, in a thread of its own, with a planted bug if one is given. */
import { registerHooks } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import { type Mutant, mutated } from "./mutant.ts";
import type { Plan } from "./plan.ts";
import type { RunResult } from "./run.ts";

export type Job =
  | { readonly kind: "seed"; readonly seed: number; readonly isLarge: boolean }
  | { readonly kind: "plan"; readonly name: string; readonly plan: Plan };

export interface Done {
  readonly job: Job;
  readonly result: RunResult;
}

const { mutant } = workerData as { readonly mutant: Mutant | null };
if (mutant !== null) {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.endsWith(`/${mutant.file}`) || loaded.source === undefined) return loaded;
      const text =
        typeof loaded.source === "string"
          ? loaded.source
          : Buffer.from(loaded.source as Uint8Array).toString();
      return { ...loaded, source: mutated(mutant, text) };
    },
  });
}

// Only now: what these import is what may be mutated.
const { run } = await import("./run.ts");
const { generate } = await import("./generate.ts");

parentPort?.on("message", (job: Job) => {
  const plan = job.kind === "seed" ? generate(job.seed, job.isLarge) : job.plan;
  void run(plan).then((result) => {
    parentPort?.postMessage({ job, result } satisfies Done);
  });
});
