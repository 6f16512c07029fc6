import { DEFAULT_SETTINGS, type Settings } from "../../protocol/settings.ts";
import type { DeviceParams, Params, Plan } from "./plan.ts";
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
  for (const simplify of SIMPLER) {
    const simpler = simplify(best);
    const isNew = JSON.stringify(simpler) !== JSON.stringify(best);
    if (isNew && (await fails(simpler))) best = simpler;
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

/** One thing less each; those that change nothing are skipped. */
const SIMPLER: readonly ((plan: Plan) => Plan)[] = [
  fewerUsers,
  ...[0, 1, 2, 3].map((user) => (plan: Plan) => withParams(plan, oneDevice(plan.params, user))),
  (plan) => withParams(plan, { users: plan.params.users.map((all) => all.map(() => PLAIN)) }),
  (plan) => withParams(plan, { latencyMs: 5 }),
  (plan) => withParams(plan, { storeMs: 0 }),
  (plan) => withParams(plan, { tokenMs: 86_400_000 }),
  ...(Object.keys(DEFAULT_SETTINGS) as (keyof Settings)[]).map((name) => (plan: Plan) => {
    const settings = { ...plan.params.settings, [name]: DEFAULT_SETTINGS[name] };
    return withParams(plan, { settings });
  }),
];

const PLAIN: DeviceParams = { skewMs: 0, old: false };

function withParams(plan: Plan, params: Partial<Params>): Plan {
  return { ...plan, params: { ...plan.params, ...params } };
}

function oneDevice({ users }: Params, user: number): Partial<Params> {
  return { users: users.map((devices, index) => (index === user ? devices.slice(0, 1) : devices)) };
}

/** The last user goes, and whatever names that one. */
function fewerUsers(plan: Plan): Plan {
  const users = plan.params.users.slice(0, -1);
  if (users.length < 2) return plan;
  const stays = (one: object) =>
    !("user" in one && one.user === users.length) && !("peer" in one && one.peer === users.length);
  const { ops, strikes } = plan;
  const rest = { ops: ops.filter(stays), strikes: strikes.filter(stays) };
  return withParams({ ...plan, ...rest }, { users });
}
