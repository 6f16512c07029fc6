import { versionOf } from "../core/group/state.ts";
import { numberLeave } from "./number.ts";
import type { GroupTurn } from "./turn.ts";

/**
 * Rule R23 as a group sees it: an object that is gone will never take anything. Who was brought in
 * all the same has left, and nothing is owed to them any more.
 */
export function takeGone(turn: GroupTurn, user: string): void {
  const { log, roster, cursors, due, held, unsure, given, large } = turn.memory;
  if (roster.member(user)?.state === "member") numberLeave(turn, user);
  const { group } = roster;
  const member = roster.member(user);
  if (group === undefined || member === undefined) return;
  cursors.hear(user, { have: log.head, kept: versionOf(group, member) }, turn.now);
  large.own.delete(user);
  for (const one of [due, held, unsure, given]) one.delete(user);
}
