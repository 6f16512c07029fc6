import { peerOf } from "../../protocol/ids.ts";
import { exceeds, joinMarks, type Marks, marksOf } from "../../protocol/marks.ts";
import { unreadBeyond } from "../core/conversation.ts";
import { isGroup } from "../core/home.ts";
import { copyReach, isLarge } from "../core/membership.ts";
import { sample } from "../core/stats.ts";
import { dueAt, follower, otherSide, owesMarks } from "./followers.ts";
import { isWatched } from "./large-groups.ts";
import { takeRefused } from "./refused.ts";
import { liveSessions, type RefusedEntry, send, type Turn } from "./turn.ts";

/**
 * Marks: how far each side has a conversation. They only move forward (rule R9), so any of these
 * messages may be lost, doubled or late. A mark is owed to the other side until that side says that
 * it stands in a row there.
 */

/** A receipt row comes at most this often per conversation; in between, devices are told by hints. */
const RECEIPT_SHARE_OF_SAFETY = 0.8;

/** A device has everything up to `seq` but its exceptions: whose messages does that deliver? */
export function noteDelivered(turn: Turn, seq: number, exceptions: readonly number[]): void {
  const { memory } = turn;
  noteTaken(turn, takeRefused(turn, seq, exceptions));
  if (seq <= memory.deliveredSeq) return;
  const newest = memory.timeline.newestForeign(memory.deliveredSeq + 1, seq);
  memory.deliveredSeq = seq;
  for (const [conversation, number] of newest) {
    const known = follower(turn, conversation);
    known.delivered = Math.max(known.delivered, number);
    noteArrival(turn, conversation, number, "device");
    oweMarks(turn, conversation);
  }
}

/** What was refused is there after all: the sender is told. */
export function noteTaken(turn: Turn, taken: readonly RefusedEntry[]): void {
  for (const { conversation } of taken) oweMarks(turn, conversation);
}

/** A person has read up to `number`: it comes from one device and goes to all by the timeline. */
export function markRead(turn: Turn, conversation: string, number: number): void {
  const { timeline } = turn.memory;
  const state = timeline.conversation(conversation);
  // How far a large group is, the group knows.
  const upTo = isLarge(state) ? number : Math.min(number, copyReach(state));
  if (upTo <= state.read) return;
  const unread = unreadBeyond(state, upTo, timeline.find(conversation, upTo));
  timeline.appendPrivate(conversation, { kind: "read", number: upTo, unread }, turn.now);
  noteArrival(turn, conversation, upTo, "person");
  oweMarks(turn, conversation);
  // What is unread of a large group then, only the group knows; whoever has read counts for itself.
  const isTold = isWatched(turn, conversation) && liveSessions(turn).length > 1;
  if (isTold || state.unreadInLog?.isTold === false) dueAt(turn, conversation);
}

/** How long a message took, from its acceptance; of several that arrive at once, the newest. */
function noteArrival(turn: Turn, conversation: string, number: number, by: string): void {
  const row = turn.memory.timeline.find(conversation, number);
  if (row !== undefined) sample(turn.memory.stats, "arrival_ms", [by], turn.now - row.at);
}

/** This user's marks have moved: the other side is told at the next call, and until it keeps them. */
export function oweMarks(turn: Turn, conversation: string): void {
  if (otherSide(turn, conversation) === undefined) return;
  const known = follower(turn, conversation);
  known.owedMarks = owesMarks(turn, conversation);
  // Of a group they ride on what goes there anyway, or on the alarm: never a call per message.
  if (known.owedMarks && !isGroup(conversation)) dueAt(turn, conversation);
}

/** The other side says which of this user's marks stand in rows over there. */
export function marksKept(turn: Turn, conversation: string, kept: Marks): void {
  const known = follower(turn, conversation);
  known.told = joinMarks(known.told, kept);
  known.owedMarks = owesMarks(turn, conversation);
}

/** The other side's marks came with a call or a reply. */
export function hearMarks(turn: Turn, conversation: string, marks: Marks): void {
  const { timeline, me } = turn.memory;
  const user = peerOf(conversation, me);
  const state = timeline.conversation(conversation);
  const { number: newest } = state.head;
  const { delivered, read, except = [] } = marks;
  const capped = marksOf(Math.min(delivered, newest), Math.min(read, newest), except);
  if (user === undefined || !exceeds(capped, state.peer)) return;
  const known = follower(turn, conversation);
  const quietMs = turn.settings.safetyAlarmMs * RECEIPT_SHARE_OF_SAFETY;
  if (turn.now - state.peerAt >= quietMs) {
    const body = { kind: "receipt", user, ...joinMarks(state.peer, capped) } as const;
    timeline.appendPrivate(conversation, body, turn.now);
  } else if (exceeds(capped, known.heard)) {
    hintMarks(turn, conversation, user, joinMarks(known.heard, capped));
  }
  known.heard = joinMarks(known.heard, capped);
}

/** The other side's copy has moved: what was said up to there is in its object. */
export function hintRouted(turn: Turn, conversation: string, routed: number): void {
  const user = peerOf(conversation, turn.memory.me);
  if (user === undefined) return;
  hintMarks(turn, conversation, user, { ...follower(turn, conversation).heard, routed });
}

function hintMarks(
  turn: Turn,
  conversation: string,
  user: string,
  marks: Marks & { readonly routed?: number },
): void {
  for (const session of liveSessions(turn)) {
    send(turn, session.id, { t: "marks", conversation, user, ...marks });
  }
}
