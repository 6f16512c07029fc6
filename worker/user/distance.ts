import { peerOf } from "../../protocol/ids.ts";
import { notesOf, type People } from "../core/people.ts";
import type { Turn } from "./turn.ts";

/** How near this user lets others come. */

export function peopleIn(turn: Turn, conversation: string): People | undefined {
  return turn.memory.timeline.conversation(conversation).people;
}

export function isBlocked(turn: Turn, user: string): boolean {
  return peopleIn(turn, notesOf(turn.memory.me))?.blocked.includes(user) ?? false;
}

/**
 * Nobody is there to be told any more, or, by rule R16: neither whom this user keeps out nor who waits to be let in
 * learns what became of it.
 */
export function keepsSilent(turn: Turn, conversation: string): boolean {
  const peer = peerOf(conversation, turn.memory.me);
  if (peer === undefined) return false;
  const { request = null, gone = false } = peopleIn(turn, conversation) ?? {};
  return gone || request === "pending" || request === "declined" || isBlocked(turn, peer);
}

/** The newest entry that this user sees, from `number` down: marks stand on nothing else. */
export function seenUpTo(turn: Turn, conversation: string, number: number): number {
  if (peopleIn(turn, conversation)?.veiled !== true) return number;
  const { timeline } = turn.memory;
  let row = timeline.find(conversation, number);
  while (row?.body.kind === "withheld") row = timeline.find(conversation, row.number - 1);
  return row?.number ?? 0;
}
