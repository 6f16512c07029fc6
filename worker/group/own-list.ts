import type { GroupTurn } from "./turn.ts";

/** Entries that are rows for one member and have not come yet: by their numbers, in order. */

export function listOwn({ memory }: GroupTurn, user: string, numbers: Iterable<number>): void {
  const { own } = memory.large;
  const all = new Set([...(own.get(user) ?? []), ...numbers]);
  if (all.size === 0) return;
  own.set(
    user,
    [...all].sort((a, b) => a - b),
  );
}

/**
 * What is still to come for whom stands in a row, written when it grows, and when cursors are: who
 * gets an entry twice drops it.
 */
export function keepOwn({ memory, store }: GroupTurn): void {
  const { large } = memory;
  const text = JSON.stringify([...large.own]);
  if (text === large.ownStored) return;
  store.setFact("own", text);
  large.ownStored = text;
}
