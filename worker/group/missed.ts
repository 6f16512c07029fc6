import type { Member } from "../core/group/state.ts";
import { keepOwn, listOwn } from "./own-list.ts";
import type { GroupTurn } from "./turn.ts";

/**
 * Rule R11 where a copy is not continued: what is edited or taken back in it is owed all the same,
 * one by one, since the run that would have brought it never comes.
 */

/** Whose copy lacks which changes: those after `after` about what is before `before`. */
interface Missing {
  readonly user: string;
  readonly after: number;
  readonly before: number;
}

/** Who was away may be back and see the past again: `before` are their places until now. */
export function oweReturning(turn: GroupTurn, before: readonly Member[]): void {
  const isBack = ({ user, state, version }: Member) => {
    const member = turn.memory.roster.member(user);
    return state !== "member" && member?.state === "member" && member.from <= version;
  };
  const { cursors } = turn.memory;
  const missing = before.filter(isBack).map(({ user, version, parting }) => {
    // Where there were copies, what was changed before they went may not have come either.
    const had = parting?.mode === "large" ? version : cursors.of(user).have;
    return { user, after: Math.min(had, version), before: version };
  });
  oweChanges(turn, missing);
}

/** Copies end here, and some have not come so far. Who has just come has none. */
export function oweUncopied(turn: GroupTurn): void {
  const { log, roster, cursors } = turn.memory;
  const missing = [...roster.present()]
    .filter(({ since }) => since < log.head - 1)
    .map(({ user }) => ({ user, after: cursors.of(user).have, before: log.head }));
  oweChanges(turn, missing);
}

function oweChanges(turn: GroupTurn, missing: readonly Missing[]): void {
  const { head } = turn.memory.log;
  const first = Math.min(head, ...missing.map(({ after }) => after));
  if (first === head) return;
  const changes = turn.store.changesAfter(first);
  for (const { user, after, before } of missing) {
    const theirs = changes.filter(({ number, target }) => number > after && target < before);
    const numbers = theirs.map(({ number }) => number);
    listOwn(turn, user, numbers);
  }
  keepOwn(turn);
}
