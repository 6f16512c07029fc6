import type { SubmitItem } from "../../protocol/client-frames.ts";
import type { Membership } from "../../protocol/groups.ts";
import type { ConversationHandOff, ConversationReply } from "../../protocol/hand-offs.ts";
import { NO_MARKS } from "../../protocol/marks.ts";
import { isBlocked, isContact, peopleIn } from "./distance.ts";
import { dueAt } from "./followers.ts";
import type { Turn } from "./turn.ts";

/**
 * Rule R16 in groups: an invitation by somebody whom this user keeps out is taken as far as the group
 * can tell, and nothing of it is here but a row that says so. One by a stranger is a request.
 */

/** What the group hears in place of a copy; undefined: there is nothing to hide. */
export function shunned(turn: Turn, one: ConversationHandOff): ConversationReply | undefined {
  const { conversation, membership } = one;
  const { people } = turn.store;
  // Where this user has a place, it was not hidden.
  if (isMember(turn.memory.timeline.conversation(conversation).membership)) return undefined;
  const known = people.shunned(conversation);
  if (membership === undefined) return known && asTaken(one, known.version);
  if (!isMember(membership)) {
    people.unshun(conversation);
    return known && asTaken(one, membership.version);
  }
  const { invitedBy } = one;
  if (invitedBy === undefined || !isBlocked(turn, invitedBy)) {
    people.unshun(conversation);
    return undefined;
  }
  people.shun(conversation, { by: invitedBy, version: membership.version });
  return asTaken(one, membership.version);
}

function isMember(place: Membership | undefined): boolean {
  return place?.state === "member";
}

function asTaken({ conversation, have }: ConversationHandOff, version: number): ConversationReply {
  return { conversation, have, membershipKept: version, marks: NO_MARKS, live: false };
}

/** Whom this user lets in again may have put them into groups: those are asked for what is there. */
export function askShunnedBy(turn: Turn, user: string): void {
  for (const conversation of turn.store.people.shunnedBy(user)) {
    turn.store.people.unshun(conversation);
    dueAt(turn, conversation);
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
