import { keepOwn } from "./large.ts";
import type { GroupTurn } from "./turn.ts";

/** Entries looked at together. */
const PAGE = 1_000;

/**
 * Whoever goes gets no copy any more, but still what they had said: it was promised to their devices,
 * which wait for it. Asked before anything else is numbered.
 */
export function oweParting(turn: GroupTurn, user: string): void {
  const { log, cursors, large } = turn.memory;
  const known = new Set(large.own.get(user) ?? []);
  for (let from = cursors.of(user).have + 1; from <= log.head; from += PAGE) {
    for (const { number, origin } of log.rows(from, PAGE)) {
      if (origin.user === user) known.add(number);
    }
  }
  if (known.size === 0) return;
  large.own.set(
    user,
    [...known].sort((a, b) => a - b),
  );
  keepOwn(turn);
}
