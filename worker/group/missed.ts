import { isChange } from "../core/changes.ts";
import type { Member } from "../core/group/state.ts";
import type { Logged } from "../core/row.ts";
import { meant } from "./large.ts";
import { keepOwn, listOwn } from "./own-list.ts";
import type { GroupTurn } from "./turn.ts";

/**
 * Rule R11 where a copy is not continued: what is edited or taken back in it is owed all the same,
 * one by one, since the run that would have brought it never comes. So is, to those whom it is about,
 * what reacts to their words or mentions them.
 */

/** Whose copy lacks which entries: those after `after` about what is before `before`. */
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
  oweRelated(turn, missing);
}

/** Copies end here, and some have not come so far. Who has just come has none. */
export function oweUncopied(turn: GroupTurn): void {
  const { log, roster, cursors } = turn.memory;
  const missing = [...roster.present()]
    .filter(({ since }) => since < log.head - 1)
    .map(({ user }) => ({ user, after: cursors.of(user).have, before: log.head }));
  oweRelated(turn, missing);
}

function oweRelated(turn: GroupTurn, missing: readonly Missing[]): void {
  const { log } = turn.memory;
  const first = Math.min(log.head, ...missing.map(({ after }) => after));
  if (first === log.head) return;
  const owed = missing.map((one) => ({ ...one, numbers: Array.of<number>() }));
  for (const entry of turn.store.relatedAfter(first)) {
    const target = isChange(entry.body) ? log.find(entry.body.target) : undefined;
    const about = (target ?? entry).number;
    const isTheirs = audience(turn, entry, target);
    for (const { user, after, before, numbers } of owed) {
      if (entry.number > after && about < before && isTheirs(user)) numbers.push(entry.number);
    }
  }
  for (const { user, numbers } of owed) listOwn(turn, user, numbers);
  keepOwn(turn);
}

/** What is edited or taken back is everybody's who has a copy; the rest is for whom it is about. */
function audience(turn: GroupTurn, entry: Logged, target: Logged | undefined) {
  const { kind } = entry.body;
  if (kind === "edit" || kind === "recall") return () => true;
  const users = new Set(meant(turn, entry, target));
  return (user: string) => users.has(user);
}
