import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import { PLAN_VERSION, type Plan } from "./plan.ts";
import type { Job } from "./thread.ts";

/** Plans that once failed. They run first, for good: one that no longer parses is migrated. */
const FOLDER = join(import.meta.dirname, "corpus");

export function corpusJobs(): (Job & { readonly kind: "plan" })[] {
  if (!existsSync(FOLDER)) return [];
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
  return names.sort().map((name) => ({ kind: "plan", name, plan: readPlan(name) }));
}

/** By its name in the corpus, or by a path. */
export function readPlan(name: string): Plan {
  const path = existsSync(name) ? name : join(FOLDER, name);
  const plan = JSON.parse(readFileSync(path, "utf8")) as Plan;
  if (plan.version !== PLAN_VERSION) throw new Error(`${name} is of version ${plan.version}`);
  // Settings that came later are as usual.
  const settings = { ...DEFAULT_SETTINGS, ...plan.params.settings };
  return { ...plan, params: { ...plan.params, settings } };
}

export function keepPlan(plan: Plan, invariant: string): string {
  mkdirSync(FOLDER, { recursive: true });
  const name = `${invariant}-${plan.seed}.json`;
  writeFileSync(join(FOLDER, name), `${JSON.stringify(plan, null, 1)}\n`);
  return name;
}
