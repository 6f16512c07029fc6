import type { SubmitItem } from "../../protocol/client-frames.ts";
import type { Membership } from "../../protocol/groups.ts";
import type { ConversationHandOff, ConversationReply } from "../../protocol/hand-offs.ts";
import { NO_MARKS } from "../../protocol/marks.ts";
import { NOBODY } from "../people-store.ts";
import { isBlocked, isContact, peopleIn } from "./distance.ts";
import { dueAt } from "./followers.ts";
import type { Turn } from "./turn.ts";

/**
 * Rule R16 in groups: an invitation by somebody whom this user keeps out is taken as far as the group
 * can tell, and nothing of it is here but a row that says so. One by a stranger is a request.
 */

/** What the group hears in place of a copy; undefined: there is nothing to hide. */
export function shunned(turn: Turn, one: ConversationHandOff): ConversationReply | undefined {
  const { conversation, membership, invitedBy = NOBODY } = one;
  const { people } = turn.store;
  // Where this user has a place, it was not hidden.
  if (isMember(placeHere(turn, conversation))) return undefined;
  if (membership === undefined) {
    const known = people.shunned(conversation);
    if (known === undefined) return undefined;
    // Let in since, and not heard of yet: without a place nothing is taken, and the group says it.
    const isOpen = known.by !== NOBODY && !isBlocked(turn, known.by);
    return isOpen ? undefined : asTaken(one, known.version);
  }
  if (!isUnseen(turn, conversation, membership, invitedBy)) return undefined;
  const { version } = membership;
  people.shun(conversation, { by: isMember(membership) ? invitedBy : NOBODY, version });
  return asTaken(one, version);
}

/**
 * Whether what a group has answered is not to be seen: asked in passing, it says where this user
 * stands before it has heard that this is taken, which it tells by itself, too. Who has come by their
 * own word has nothing hidden from them.
 */
export function isHidden(turn: Turn, sent: ConversationHandOff, reply: ConversationReply): boolean {
  const { membership, invitedBy = NOBODY } = reply;
  if (membership === undefined || sent.append !== undefined) return false;
  return isUnseen(turn, sent.conversation, membership, invitedBy);
}

/** Whether this is news of a place to which somebody has brought this user whom they keep out. */
function isUnseen(turn: Turn, conversation: string, place: Membership, by: string): boolean {
  const here = placeHere(turn, conversation);
  // One who has had a place is owed what was said until it ended.
  if (isMember(here) || place.version <= (here?.version ?? 0)) return false;
  if (isBlocked(turn, by)) return true;
  // It was hidden while it lasted, so its end is.
  return !isMember(place) && turn.store.people.shunned(conversation) !== undefined;
}

function placeHere({ memory }: Turn, conversation: string): Membership | undefined {
  return memory.timeline.conversation(conversation).membership;
}

function isMember(place: Membership | undefined): boolean {
  return place?.state === "member";
}

function asTaken({ conversation, have }: ConversationHandOff, version: number): ConversationReply {
  return { conversation, have, membershipKept: version, marks: NO_MARKS, live: false };
}

/**
 * Whom this user lets in again may have put them into groups: those are asked for what is there, and
 * until one has answered its row stands for the question (R13).
 */
export function askShunned(turn: Turn): void {
  if (turn.memory.standing.kind !== "here") return;
  for (const { conversation, by } of turn.store.people.allShunned()) {
    if (!isBlocked(turn, by)) dueAt(turn, conversation);
  }
}

/**
 * What this user is asked, before a place in a group is taken: whether somebody who is no contact
 * may have brought them there. Who brings themself, or is brought by a contact, is not asked.
 */
export function noteInvitation(
  turn: Turn,
  conversation: string,
  place: Membership,
  invitedBy: string | undefined,
): void {
  const { timeline, preferences } = turn.memory;
  const wasMember = isMember(timeline.conversation(conversation).membership);
  const before = peopleIn(turn, conversation)?.request ?? null;
  if (wasMember && isMember(place)) return;
  const isStranger =
    invitedBy !== undefined && preferences.writers === "contacts" && !isContact(turn, invitedBy);
  const answered = before === null ? null : "accepted";
  const over = before === "pending" ? "declined" : before;
  const arrived = isStranger ? "pending" : answered;
  const state = isMember(place) ? arrived : over;
  if (state === null || state === before) return;
  timeline.appendPrivate(conversation, { kind: "request", state }, turn.now);
}

/** How many people this brings together who were not: what the daily limit counts. */
export function beginningsIn({ body }: SubmitItem): number {
  if (body.kind === "group-create") return 1 + new Set(body.members).size;
  return body.kind === "members-add" ? new Set(body.users).size : 0;
}
