import { directConversation, peerOf } from "../../protocol/ids.ts";
import { notesOf, type People } from "../core/people.ts";
import type { Turn } from "./turn.ts";

/** How near this user lets others come. */

export function peopleIn(turn: Turn, conversation: string): People | undefined {
  return turn.memory.timeline.conversation(conversation).people;
}

export function isBlocked(turn: Turn, user: string): boolean {
  return peopleIn(turn, notesOf(turn.memory.me))?.blocked.includes(user) ?? false;
}

/** Whoever this user has written to, or has accepted. */
export function isContact(turn: Turn, user: string): boolean {
  const conversation = directConversation(turn.memory.me, user);
  const { own, people } = turn.memory.timeline.conversation(conversation);
  return own > 0 || people?.request === "accepted";
}

/**
 * Nobody is there to be told any more, or, by rule R16: neither whom this user keeps out nor who waits to be let in
 * learns what became of it.
 */
export function keepsSilent(turn: Turn, conversation: string): boolean {
  const { request = null, gone = false } = peopleIn(turn, conversation) ?? {};
  if (gone || request === "pending" || request === "declined") return true;
  const peer = peerOf(conversation, turn.memory.me);
  return peer !== undefined && isBlocked(turn, peer);
}

/**
 * The newest entry that this user sees, from `number` down: marks stand on nothing else. What a group's
 * log alone has is no stub.
 */
export function seenUpTo(turn: Turn, conversation: string, number: number): number {
  if (peopleIn(turn, conversation)?.veiled !== true) return number;
  const isStub = (at: number) =>
    turn.memory.timeline.find(conversation, at)?.body.kind === "withheld";
  let seen = number;
  while (isStub(seen)) seen -= 1;
  return seen;
}
