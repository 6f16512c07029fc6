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
  const isKept = ([address, { lane }]: (typeof failing)[number]) =>
    memory.failing.get(address) === lane.failures;
  if (failing.length === memory.failing.size && failing.every(isKept)) return;
  store.setFact(FACT, JSON.stringify(failing.map(([address, { lane }]) => [address, lane])));
  memory.failing = new Map(failing.map(([address, { lane }]) => [address, lane.failures]));
}
