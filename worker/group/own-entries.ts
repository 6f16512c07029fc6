import type { LogEntry } from "../../protocol/hand-offs.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { Member } from "../core/group/state.ts";
import { toLogEntry } from "../core/row.ts";
import { copyOf } from "./copy.ts";
import type { GroupTurn } from "./turn.ts";

/** What is to come for one member alone, beside or without a copy. */

/**
 * The entries that are rows of this member and have not come yet, in their order. Who has gone and
 * come back is still owed their own from before; nobody else's.
 */
export function ownEntries({ memory }: GroupTurn, { user, from }: Member): readonly LogEntry[] {
  const numbers = (memory.large.own.get(user) ?? []).slice(0, LIMITS.handOffEntries);
  return numbers.flatMap((number) => {
    const row = memory.log.find(number);
    const isTheirs = row !== undefined && (number >= from || row.origin.user === user);
    return isTheirs ? [toLogEntry(row)] : [];
  });
}

/** What a copy lacks that lies before where it begins anew. */
export function lateEntries(turn: GroupTurn, member: Member): readonly LogEntry[] {
  const begin = beginOf(turn, member);
  return ownEntries(turn, member).filter(({ number }) => number < begin);
}

/** Where what this member's object gets is a run again. */
function beginOf(turn: GroupTurn, member: Member): number {
  return copyOf(turn, member)?.first ?? member.from;
}

/** This member's object has everything of its own up to here, and took what it was handed. */
export function ownTaken(
  turn: GroupTurn,
  member: Member,
  have: number,
  handed: readonly LogEntry[],
): void {
  const { own } = turn.memory.large;
  const { user } = member;
  const begin = beginOf(turn, member);
  const late = lateEntries(turn, member).filter((one) => !handed.some(isSame(one)));
  const newer = (own.get(user) ?? []).filter((number) => number > have && number >= begin);
  const left = [...late.map(({ number }) => number), ...newer];
  if (left.length > 0) own.set(user, left);
  else own.delete(user);
}

function isSame({ number }: LogEntry) {
  return (other: LogEntry) => other.number === number;
}
