import { keepOwn, listOwn } from "./own-list.ts";
import type { GroupTurn } from "./turn.ts";

/** Entries looked at together. */
const PAGE = 1_000;

/**
 * Whoever goes still gets what they had said: it was promised to their devices, which wait for it,
 * also where there is no copy, or where theirs begins anew before it came. Asked before anything else
 * is numbered.
 */
export function oweParting(turn: GroupTurn, user: string): void {
  const { log, cursors } = turn.memory;
  for (let from = cursors.of(user).have + 1; from <= log.head; from += PAGE) {
    const own = log.rows(from, PAGE).filter(({ origin }) => origin.user === user);
    const numbers = own.map(({ number }) => number);
    listOwn(turn, user, numbers);
  }
  keepOwn(turn);
}
