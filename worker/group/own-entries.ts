import type { LogEntry } from "../../protocol/hand-offs.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { Member } from "../core/group/state.ts";
import { toLogEntry } from "../core/row.ts";
import { copyOf, runAfter } from "./copy.ts";
import type { GroupTurn } from "./turn.ts";

/** What is to come for one member alone, beside or without a copy. */

/**
 * The entries that are rows of this member and have not come yet, in their order: a page. All from the
 * first one on, for what is behind the newest one there would not be taken.
 */
export function ownEntries(turn: GroupTurn, member: Member): readonly LogEntry[] {
  return pageOf(turn, listed(turn, member));
}

/** Some of these were in no answer; one that was lost is found by the alarm. */
export function owesOwn(turn: GroupTurn, member: Member): boolean {
  const newest = listed(turn, member).at(-1) ?? 0;
  return newest > (turn.memory.given.get(member.user) ?? 0);
}

/**
 * What a copy lacks. What lies before where it begins anew comes first, all of it: behind what comes
 * after, it would not be taken.
 */
export function copyLacks(turn: GroupTurn, member: Member, have: number): readonly LogEntry[] {
  const late = lateNumbers(turn, member);
  const page = pageOf(turn, late);
  return late.length > LIMITS.handOffEntries ? page : [...page, ...runAfter(turn, member, have)];
}

/** Numbers of this member's own that lie before where their copy begins anew, and have not come. */
export function lateNumbers(turn: GroupTurn, member: Member): readonly number[] {
  const begin = beginOf(turn, member);
  return listed(turn, member).filter((number) => number < begin);
}

/**
 * This member's object has everything of its own up to here but what lies before where its copy begins
 * anew, and of that what it was handed. Handed while it did not know of that, it may have refused it;
 * and of what it has it speaks as of the place that it knows.
 */
export function ownTaken(
  turn: GroupTurn,
  member: Member,
  have: number,
  handed: readonly LogEntry[],
): void {
  const { own } = turn.memory.large;
  const begin = beginOf(turn, member);
  const taken = new Set(handed.map(({ number }) => number));
  const left = listed(turn, member).filter(
    (number) => number > have || (number < begin && !taken.has(number)),
  );
  if (left.length > 0) own.set(member.user, left);
  else own.delete(member.user);
}

/**
 * Who has gone and come back is still owed their own from before, as long as it is kept; nobody else's.
 * What is part of the run ends when the copy has come past it.
 */
function listed(turn: GroupTurn, member: Member): readonly number[] {
  const { large, log } = turn.memory;
  const begin = beginOf(turn, member);
  return (large.own.get(member.user) ?? []).filter((number) => {
    if (number >= begin) return true;
    const row = log.find(number);
    return row !== undefined && (number >= member.from || row.origin.user === member.user);
  });
}

function pageOf({ memory }: GroupTurn, numbers: readonly number[]): readonly LogEntry[] {
  return numbers.slice(0, LIMITS.handOffEntries).flatMap((number) => {
    const row = memory.log.find(number);
    return row === undefined ? [] : [toLogEntry(row)];
  });
}

/** Where what this member's object gets is a run again. */
function beginOf(turn: GroupTurn, member: Member): number {
  return copyOf(turn, member)?.first ?? member.from;
}
