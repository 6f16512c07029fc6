import type { Logged } from "../core/row.ts";
import type { GroupTurn } from "./turn.ts";

/** Entries that are rows for one member and have not come yet: by their numbers, in order. */
export type OwnList = Map<string, number[]>;

/** Nobody's device: the group itself says what it has become. */
export const GROUP_DEVICE = "the-group";

export function listOwn({ memory }: GroupTurn, user: string, numbers: Iterable<number>): void {
  addOwn(memory.large.own, user, numbers);
}

/** The devices of who has said it wait for it. */
export function addSaid(own: OwnList, { origin, number }: Pick<Logged, "origin" | "number">): void {
  if (origin.device !== GROUP_DEVICE) addOwn(own, origin.user, [number]);
}

function addOwn(own: OwnList, user: string, numbers: Iterable<number>): void {
  const all = new Set([...(own.get(user) ?? []), ...numbers]);
  if (all.size === 0) return;
  own.set(
    user,
    [...all].sort((a, b) => a - b),
  );
}

/**
 * What is still to come for whom stands in a row, written when it grows, and when cursors are: who
 * gets an entry twice drops it. What somebody has said themself waits for the cursors, since the log
 * says it as well.
 */
export function keepOwn({ memory, store }: GroupTurn): void {
  const { large } = memory;
  const text = JSON.stringify([...large.own]);
  if (text === large.ownStored) return;
  store.setFact("own", text);
  large.ownStored = text;
}
