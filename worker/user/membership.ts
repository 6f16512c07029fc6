import type { ConversationHandOff, ConversationReply, Totals } from "../../protocol/hand-offs.ts";
import { copyReach, isLarge } from "../core/membership.ts";
import { loosenFiles } from "./file-sweep.ts";
import { dueAt, follower, ownMarks } from "./followers.ts";
import { noteInvitation, shunned } from "./invitations.ts";
import { noteMode, passThrough } from "./large-groups.ts";
import { copyEntries } from "./log.ts";
import { marksKept } from "./marks.ts";
import { liveSessions, send, type Turn } from "./turn.ts";
import { watchersOf } from "./watchers.ts";

/** This user's place in groups, and what groups hand over. */

/** A group calls: where this user stands there, and what continues the copy. */
export function serveGroup(turn: Turn, one: ConversationHandOff): ConversationReply {
  const { conversation, kept, replicate = [], totals = [], passing = [] } = one;
  const hidden = shunned(turn, one);
  if (hidden !== undefined) return hidden;
  // What may be copied follows from the place, so that comes first.
  takeMembership(turn, conversation, one);
  if (kept !== undefined) marksKept(turn, conversation, kept);
  copyEntries(turn, conversation, replicate);
  passThrough(turn, conversation, passing);
  hintTotals(turn, conversation, totals);
  const state = turn.memory.timeline.conversation(conversation);
  return {
    conversation,
    have: isLarge(state) ? state.head.number : copyReach(state),
    membershipKept: state.membership?.version ?? 0,
    // Told with every answer: nothing else need ever be called for them.
    marks: ownMarks(turn, conversation),
    live: liveSessions(turn).length > 0,
    ...(watchersOf(turn, conversation).length > 0 ? { looking: true } : {}),
  };
}

/** Kept as a row of this user's own, so that all devices learn it in its order. */
export function takeMembership(
  turn: Turn,
  conversation: string,
  { membership: place, invitedBy }: Pick<ConversationHandOff, "membership" | "invitedBy">,
): void {
  const { timeline } = turn.memory;
  const known = timeline.conversation(conversation).membership;
  if (place === undefined || place.version <= (known?.version ?? -1)) return;
  // Asked before the row: what the group has is known as of before it.
  follower(turn, conversation);
  noteInvitation(turn, conversation, place, invitedBy);
  turn.store.people.unshun(conversation);
  timeline.appendPrivate(conversation, place, turn.now);
  // One that this user has uploaded, and that stands for the group no more.
  const { picture } = known ?? {};
  if (picture !== undefined && picture !== place.picture) loosenFiles(turn, [picture]);
  noteMode(turn, conversation);
  if (timeline.conversation(conversation).unreadInLog?.isTold === false) dueAt(turn, conversation);
}

/** How many have this user's newest message. */
function hintTotals(turn: Turn, conversation: string, totals: readonly Totals[]): void {
  for (const session of liveSessions(turn)) {
    for (const one of totals) send(turn, session.id, { t: "totals", conversation, ...one });
  }
}
