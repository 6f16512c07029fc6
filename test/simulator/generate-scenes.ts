import type { Dice } from "../support/random.ts";
import { hasLogs } from "./generate-large.ts";
import { FIRST_GROUP, type Op, type Params, type Plan, type Strike } from "./plan.ts";

/** Who does something, and when. */
interface Doer {
  readonly at: number;
  readonly user: number;
  readonly device: number;
}

interface Stage {
  readonly dice: Dice;
  readonly params: Params;
  /** The group's owner. */
  readonly founder: number;
}

type Scene = (stage: Stage, at: number) => Op[];

const SCENES: readonly Scene[] = [readsOnReturn, staysTwice, thinksAgain, isLongAway];

/**
 * Short scenes around one log for all that hardly come about when everything happens by chance. They
 * come on top.
 */
export function generateScenes(dice: Dice, params: Params, ops: readonly Op[]): Op[] {
  const create = ops.find((op) => op.do === "create");
  if (create === undefined || !hasLogs(params)) return [];
  const stage = { dice, params, founder: create.user };
  const user = dice.between("hides", 0, 2 * params.users.length - 1);
  const hides: Op[] =
    user < params.users.length ? [{ at: 0, user, device: 0, do: "hide-reads" }] : [];
  const scenes = Array.from({ length: dice.between("scenes", 0, 4) }, () => {
    const at = create.at + Math.floor(dice.unit("scene at") * (params.spanMs - create.at));
    return dice.pick("scene", SCENES)(stage, at);
  });
  return [...hides, ...scenes.flat()].filter(({ at }) => at < params.spanMs);
}

/**
 * Nobody says anything any more when some come back from the last words: nothing else tells them. Nor
 * the group of what it was told before it crashed.
 */
export function withQuietEnd(dice: Dice, plan: Plan): Plan {
  const { params, rates } = plan;
  if (!hasLogs(params) || !dice.chance("quiet", 0.3)) return plan;
  const quietAt = Math.floor(0.75 * params.spanMs);
  const said = plan.ops.filter((op) => op.at < quietAt || !("peer" in op));
  const last = says(someone(dice, params, quietAt));
  const reloads = Array.from({ length: dice.between("come back", 1, 4) }, (): Op => {
    const away = someone(dice, params, quietAt - dice.between("before", 0, 500));
    return { ...away, do: "reload", downMs: dice.between("down", 500, 0.2 * params.spanMs) };
  });
  // Also after its rows have been written once more.
  const readAt = quietAt + dice.between("read at", 0, 15_000);
  const reads = Array.from({ length: dice.between("read", 0, 3) }, (): Op => {
    return { ...someone(dice, params, readAt), do: "read", peer: FIRST_GROUP, pick: pick(dice) };
  });
  const at = readAt + dice.between("forgets", 200, 4_000);
  const crash: Strike[] = dice.chance("crash", 0.5) ? [{ at, do: "crash", user: FIRST_GROUP }] : [];
  return {
    ...plan,
    ops: [...said, last, ...reloads, ...reads],
    strikes: [...plan.strikes, ...crash],
    rates: { ...rates, "connect-fails": 0.4 },
  };
}

/** What is read before a new connection is there is told after the group has said how far it is. */
function readsOnReturn({ dice, params }: Stage, at: number): Op[] {
  const doer = someone(dice, params, at);
  const downMs = dice.between("down", 10, 5_000);
  const meanwhile = Array.from({ length: dice.between("meanwhile", 1, 4) }, () => {
    const other = someone(dice, params, at + dice.between("said", 0, downMs));
    return says(dice.chance("own", 0.5) ? { ...other, user: doer.user } : other);
  });
  const back = at + downMs + dice.between("back", 1, 2 * params.latencyMs);
  const read: Op = { ...doer, at: back, do: "read", peer: FIRST_GROUP, pick: pick(dice) };
  return [{ ...doer, do: "reload", downMs }, ...meanwhile, read];
}

/** Removed, talked about, and brought back. */
function staysTwice({ dice, params, founder }: Stage, at: number): Op[] {
  const whom = dice.between("whom", 0, params.users.length - 1);
  const stepMs = dice.between("step", 1, 4 * params.latencyMs + 1_000);
  const owner = (steps: number) => ({ at: at + steps * stepMs, user: founder, device: 0 });
  return [
    { ...owner(0), do: "remove", peer: FIRST_GROUP, pick: whom },
    says(owner(1)),
    says(someone(dice, params, at + stepMs)),
    { ...owner(2), do: "invite", peer: FIRST_GROUP, pick: whom },
    says(owner(3)),
  ];
}

/** Said, and taken back or put otherwise at once. */
function thinksAgain({ dice, params }: Stage, at: number): Op[] {
  const doer = someone(dice, params, at);
  const what = dice.pick("what", ["recall", "recall", "edit"] as const);
  const again = at + dice.between("again", 0, 4 * params.latencyMs + 100);
  return [says(doer), { ...doer, at: again, do: what, peer: FIRST_GROUP, pick: pick(dice) }];
}

/** Away for so long that a state is what they begin from, while the group changes. */
function isLongAway({ dice, params, founder }: Stage, at: number): Op[] {
  const doer = someone(dice, params, at);
  const downMs = dice.between("long down", 6_000, 25_000);
  const owner = { user: founder, device: dice.between("owner's", 0, 7) };
  const back = at + downMs + dice.between("around", -500, 4 * params.latencyMs);
  const what = dice.pick("change", ["promote", "retitle"] as const);
  return [
    { ...doer, do: "reload", downMs },
    says(someone(dice, params, at + Math.floor(downMs / 2))),
    { ...owner, at: Math.max(at, back), do: what, peer: FIRST_GROUP, pick: pick(dice) },
  ];
}

function someone(dice: Dice, { users }: Params, at: number): Doer {
  return {
    at,
    user: dice.between("who", 0, users.length - 1),
    device: dice.between("which", 0, 7),
  };
}

function pick(dice: Dice): number {
  return dice.between("any", 0, 1_000);
}

function says(doer: Doer): Op {
  return { ...doer, do: "send", peer: FIRST_GROUP, count: 1, bytes: 0, priority: "normal" };
}
