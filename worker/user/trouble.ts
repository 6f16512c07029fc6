import type { Address } from "../../protocol/hand-offs.ts";
import type { Lane } from "../core/lane.ts";
import type { UserStore } from "../user-store.ts";
import type { Turn } from "./turn.ts";

/**
 * Ways to other objects that fail. They stand in a row: an object sleeps between two attempts, and
 * would take each for the first, never wait longer, and never know how long it has tried.
 */

const FACT = "trouble";

export function storedTrouble(store: UserStore): ReadonlyMap<Address, Lane> {
  const saved = JSON.parse(store.fact(FACT) ?? "[]") as [Address, Lane][];
  // What was under way then is not any more.
  return new Map(saved.map(([address, lane]) => [address, { ...lane, inFlight: false }]));
}

/** Writes the row where it says something else than memory. */
export function keepTrouble(turn: Turn): void {
  const { memory, store } = turn;
  const failing = [...memory.lanes].filter(([, { lane }]) => lane.failures > 0);
  if (failing.length + memory.failing.size === 0) return;
  const lanes = failing.map(([address, { lane }]) => [address, lane] as const);
  const isKept = ([address, lane]: (typeof lanes)[number]) =>
    isSame(memory.failing.get(address), lane);
  if (lanes.length === memory.failing.size && lanes.every(isKept)) return;
  store.setFact(FACT, JSON.stringify(lanes));
  memory.failing = new Map(lanes);
}

/** One failure may follow another with a success in between: then it began anew. */
function isSame(kept: Lane | undefined, { failures, failingSince }: Lane): boolean {
  return kept?.failures === failures && kept.failingSince === failingSince;
}
