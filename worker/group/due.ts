import { type Member, versionOf } from "../core/group/state.ts";
import { lateEntries } from "./own-entries.ts";
import type { GroupTurn } from "./turn.ts";

/** Whose object lacks something of the log, or does not know its user's place. */

/** Whether this member's object keeps a copy of what is numbered now. */
export function keepsCopy({ memory }: GroupTurn, member: Member): boolean {
  return member.state === "member" && memory.roster.group?.mode === "copy";
}

/** How far a member's copy reaches, answers included whose arrival nobody has confirmed. */
export function reachOf({ memory }: GroupTurn, { user, from }: Member): number {
  const { have } = memory.cursors.of(user);
  const copyFrom = memory.roster.group?.copyFrom ?? 1;
  return Math.max(have, from - 1, copyFrom - 1, memory.given.get(user) ?? 0);
}

export function knowsPlace({ memory }: GroupTurn, member: Member): boolean {
  const { group } = memory.roster;
  return group === undefined || memory.cursors.of(member.user).kept >= versionOf(group, member);
}

export function isBehind(turn: GroupTurn, member: Member): boolean {
  if (!knowsPlace(turn, member)) return true;
  if (keepsCopy(turn, member)) {
    const isShort = reachOf(turn, member) < turn.memory.log.head;
    return isShort || lateEntries(turn, member).length > 0;
  }
  return turn.memory.large.own.has(member.user);
}

/** This member's object is called when its turn comes; one that is held back when its time comes. */
export function owe({ memory }: GroupTurn, user: string): void {
  if (!memory.calls.has(user) && !memory.held.has(user)) memory.due.add(user);
}

export function oweAll(turn: GroupTurn): void {
  for (const { user } of turn.memory.roster.present()) owe(turn, user);
}
