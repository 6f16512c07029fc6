import { DEFAULT_SETTINGS, type Settings } from "../../protocol/settings.ts";
import type { Params, Plan } from "./plan.ts";
import { run } from "./run.ts";

/** Whether a smaller plan still shows the same bug. */
type Fails = (plan: Plan) => Promise<boolean>;

/** The smallest plan that was found within `budgetMs` and breaks the same invariant. */
export async function shrink(plan: Plan, invariant: string, budgetMs: number): Promise<Plan> {
  const until = performance.now() + budgetMs;
  const fails: Fails = async (smaller) => {
    if (performance.now() > until) return false;
    return (await run(smaller)).violations[0]?.invariant === invariant;
  };
  let best = await withFaultsByName(plan, fails);
  for (let before = ""; before !== JSON.stringify(best) && performance.now() < until; ) {
    before = JSON.stringify(best);
    best = await shrinkOnce(best, fails);
  }
  return best;
}

async function shrinkOnce(plan: Plan, fails: Fails): Promise<Plan> {
  let best = plan;
  best = { ...best, ops: await ddmin(best.ops, (ops) => fails({ ...best, ops })) };
  best = { ...best, strikes: await ddmin(best.strikes, (strikes) => fails({ ...best, strikes })) };
  const { only } = best;
  if (only !== undefined) {
    best = { ...best, only: await ddmin(only, (fewer) => fails({ ...best, only: fewer })) };
  }
  for (const params of simplerParams(best.params)) {
    const simpler = { ...best, params: { ...best.params, ...params } };
    if (await fails(simpler)) best = simpler;
  }
  return best;
}

/** From now on the faults are a list like the operations, and can be left out one by one. */
async function withFaultsByName(plan: Plan, fails: Fails): Promise<Plan> {
  if (plan.only !== undefined) return plan;
  const { fired } = await run(plan);
  const named = { ...plan, only: fired };
  return (await fails(named)) ? named : plan;
}

/** Zeller's delta debugging: smaller and smaller parts are left out as long as the rest fails. */
async function ddmin<Item>(
  items: readonly Item[],
  fails: (fewer: readonly Item[]) => Promise<boolean>,
): Promise<readonly Item[]> {
  let best = items;
  let size = Math.ceil(best.length / 2);
  while (size > 0 && best.length > 0) {
    let removed = false;
    for (let at = 0; at < best.length; ) {
      const fewer = [...best.slice(0, at), ...best.slice(at + size)];
      if (await fails(fewer)) {
        best = fewer;
        removed = true;
      } else at += size;
    }
    if (!removed && size === 1) break;
    size = removed ? Math.min(size, best.length) : Math.floor(size / 2);
  }
  return best;
}

function* simplerParams(params: Params): Iterable<Partial<Params>> {
  yield { latencyMs: 5 };
  yield { storeMs: 0 };
  yield { tokenMs: 86_400_000 };
  for (const [index, devices] of params.users.entries()) {
    if (devices.length <= 1) continue;
    yield { users: params.users.map((all, at) => (at === index ? all.slice(0, 1) : all)) };
  }
  yield { users: params.users.slice(0, 2) };
  yield { users: params.users.map((devices) => devices.map(() => ({ skewMs: 0, old: false }))) };
  for (const name of Object.keys(params.settings) as (keyof Settings)[]) {
    yield { settings: { ...params.settings, [name]: DEFAULT_SETTINGS[name] } };
  }
}
