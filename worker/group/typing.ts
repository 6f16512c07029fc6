import { LIMITS } from "../../protocol/limits.ts";
import type { Hint, HintReply } from "../../protocol/presence.ts";
import { TIMING } from "../../protocol/timing.ts";
import { may } from "../core/group/rights.ts";
import { isSilenced, type Member } from "../core/group/state.ts";
import type { GroupTurn } from "./turn.ts";

/**
 * Who types, passed on to the members who look. Nothing of it stands in a row: who looks is forgotten
 * in sleep, and heard of again with the next watch, with what they type, and when an entry is handed
 * to their objects.
 */

/** A user's object says something in passing. Strangers and former members are nobody here. */
export function takeHint(turn: GroupTurn, hint: Hint): HintReply {
  const member = turn.memory.roster.member(hint.from);
  if (member?.state !== "member") return {};
  if (hint.kind === "watch") noteLooking(turn, member.user);
  if (hint.kind === "typing") passTyping(turn, member, hint);
  return {};
}

export function noteLooking(turn: GroupTurn, user: string): void {
  if (isCrowd(turn)) return;
  turn.memory.lookers.set(user, turn.now + TIMING.watchMs);
}

/** What came of a hint to a member's object: one that went to nobody is the last. */
export function hintAnswered(turn: GroupTurn, user: string, { looking }: HintReply): void {
  if (looking === false) turn.memory.lookers.delete(user);
}

function passTyping(
  turn: GroupTurn,
  member: Member,
  { on, looks }: Extract<Hint, { kind: "typing" }>,
): void {
  const { me: conversation, roster } = turn.memory;
  const { user: from, role } = member;
  if (looks === true) noteLooking(turn, from);
  if (roster.group === undefined || isCrowd(turn)) return;
  if (isSilenced(member, turn.now) || !may("write", role, roster.group)) return;
  for (const user of lookersNow(turn)) {
    if (user === from) continue;
    const hint = { kind: "typing", from, conversation, on } as const;
    turn.effects.push({ kind: "hint", to: `user:${user}`, hint });
  }
}

/** Members who look, as far as this object knows. */
function lookersNow({ memory, now }: GroupTurn): string[] {
  const { lookers, roster } = memory;
  for (const [user, until] of lookers) {
    if (until <= now || roster.member(user)?.state !== "member") lookers.delete(user);
  }
  return [...lookers.keys()];
}

/** Too many to be told of each key. */
function isCrowd({ memory }: GroupTurn): boolean {
  return (memory.roster.group?.size ?? 0) > LIMITS.typingMembers;
}
