import type { LogEntry } from "../../protocol/hand-offs.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { Member } from "../core/group/state.ts";
import type { GroupTurn } from "./turn.ts";

/** The numbers that a copy has, from its first to its last. */
interface Span {
  readonly first: number;
  readonly last: number;
}

/**
 * What this member's object is to have a copy of; undefined: nothing. That of who has gone ends where
 * they went, and goes on from there when they come back to the past.
 */
export function copyOf(turn: GroupTurn, member: Member): Span | undefined {
  const { log, roster } = turn.memory;
  const { state, parting, version } = member;
  if ((parting ?? roster.group)?.mode !== "copy") return undefined;
  const first = firstOf(turn, member);
  if (parting === null) return { first, last: log.head };
  // By one's own word, or by another's, which is no more for who is removed by it (R15).
  return { first, last: state === "left" ? version : version - 1 };
}

function firstOf({ memory }: GroupTurn, { from, parting }: Member): number {
  return Math.max(from, (parting ?? memory.roster.group)?.copyFrom ?? 1);
}

/** How far a member's copy reaches, answers included whose arrival nobody has confirmed. */
export function reachOf(turn: GroupTurn, member: Member): number {
  const { cursors, given } = turn.memory;
  const { user } = member;
  const { have } = cursors.of(user);
  return Math.max(have, firstOf(turn, member) - 1, given.get(user) ?? 0);
}

/** What of this member's copy comes after `have`: a page of it. */
export function runAfter(turn: GroupTurn, member: Member, have: number): readonly LogEntry[] {
  const { first = 1, last = 0 } = copyOf(turn, member) ?? {};
  const from = Math.max(have + 1, first);
  const page = turn.memory.log.page(from, LIMITS.handOffEntries, turn.settings.pageBytes);
  return page.filter(({ number }) => number <= last);
}
