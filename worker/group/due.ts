import { type Member, versionOf } from "../core/group/state.ts";
import { copyOf, reachOf } from "./copy.ts";
import { lateNumbers, owesOwn } from "./own-entries.ts";
import type { GroupTurn } from "./turn.ts";

/** Whose object lacks something of the log, or does not know its user's place. */

export function knowsPlace({ memory }: GroupTurn, member: Member): boolean {
  const { group } = memory.roster;
  return group === undefined || memory.cursors.of(member.user).kept >= versionOf(group, member);
}

export function isBehind(turn: GroupTurn, member: Member): boolean {
  if (!knowsPlace(turn, member)) return true;
  const copy = copyOf(turn, member);
  if (copy !== undefined) {
    return reachOf(turn, member) < copy.last || lateNumbers(turn, member).length > 0;
  }
  return owesOwn(turn, member);
}

/** This member's object is called when its turn comes; one that is held back when its time comes. */
export function owe({ memory }: GroupTurn, user: string): void {
  if (!memory.calls.has(user) && !memory.held.has(user)) memory.due.add(user);
}

export function oweAll(turn: GroupTurn): void {
  for (const { user } of turn.memory.roster.present()) owe(turn, user);
}
