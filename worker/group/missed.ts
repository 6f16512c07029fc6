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
  /** Of those the ones below; absent: all. */
  readonly below?: number;
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

/**
 * Who goes gets no copy any more, but their own words, which may lie beyond what it lacks: a copy
 * takes nothing later that is before its end. Where it has none of them, it may go on from there.
 */
export function oweLeaving(turn: GroupTurn, user: string): void {
  const { log, roster, cursors, large } = turn.memory;
  const below = large.own.get(user)?.at(-1);
  if (roster.group?.mode !== "copy" || below === undefined) return;
  oweChanges(turn, [{ user, after: cursors.of(user).have, before: log.head, below }]);
}

function oweChanges(turn: GroupTurn, missing: readonly Missing[]): void {
  const { head } = turn.memory.log;
  const first = Math.min(head, ...missing.map(({ after }) => after));
  if (first === head) return;
  const changes = turn.store.changesAfter(first);
  for (const { user, after, before, below = head } of missing) {
    const theirs = changes.filter(
      ({ number, target }) => number > after && number <= below && target < before,
    );
    const numbers = theirs.map(({ number }) => number);
    listOwn(turn, user, numbers);
  }
  keepOwn(turn);
}
