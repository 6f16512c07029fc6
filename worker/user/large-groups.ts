import { isCountable } from "../../protocol/entries.ts";
import type { ConversationHandOff, ConversationReply, LogEntry } from "../../protocol/hand-offs.ts";
import type { LoggedEntry } from "../../protocol/large-groups.ts";
import { LIMITS, utf8Bytes } from "../../protocol/limits.ts";
import { readAsTold } from "../core/conversation.ts";
import { withoutExpired } from "../core/expiry.ts";
import { homeOf } from "../core/home.ts";
import { isLarge } from "../core/membership.ts";
import { toLoggedEntry } from "../core/row.ts";
import type { LiveSession } from "../core/session.ts";
import { dueAt, follower } from "./followers.ts";
import { liveSessions, refuse, send, type Turn } from "./turn.ts";
import { takesPart } from "./visible.ts";

/**
 * Large groups have no copy here. Entries pass through to the devices that are there; each follows
 * the group's log for itself and fetches what it lacks from the group.
 */

/** What a frame takes beside its entries. */
const ENVELOPE_BYTES = 512;

/** Whether the group is to know that a device is here. */
export function isWatched(turn: Turn, conversation: string): boolean {
  const state = turn.memory.timeline.conversation(conversation);
  return isLarge(state) && takesPart(turn, conversation) && liveSessions(turn).length > 0;
}

/** Whether the group is to say what is unread: devices of a large one are told, else a row is. */
export function asksUnread(turn: Turn, conversation: string): boolean {
  const { unreadInLog } = turn.memory.timeline.conversation(conversation);
  return isWatched(turn, conversation) || unreadInLog?.isTold === false;
}

/** A device has come: the large groups tell how far they are, and pass entries through from now on. */
export function announce(turn: Turn): void {
  for (const conversation of turn.memory.largeGroups) {
    if (isWatched(turn, conversation)) dueAt(turn, conversation);
  }
}

/** What became of the last call to a group is forgotten: devices may not have heard how far it is. */
export function announceAgain(turn: Turn): void {
  const { lanes, largeGroups } = turn.memory;
  for (const conversation of largeGroups) {
    const address = homeOf(conversation);
    const isOpen = address !== undefined && lanes.has(address);
    if (isOpen && isWatched(turn, conversation)) dueAt(turn, conversation);
  }
}

/** A fact says which groups are large, so that a hello need not look through all conversations. */
export function noteMode(turn: Turn, conversation: string): void {
  const { largeGroups, timeline } = turn.memory;
  const isOne = isLarge(timeline.conversation(conversation)) && takesPart(turn, conversation);
  if (largeGroups.has(conversation) === isOne) return;
  if (isOne) largeGroups.add(conversation);
  else largeGroups.delete(conversation);
  turn.store.setFact("largeGroups", JSON.stringify([...largeGroups]));
  if (isOne && isWatched(turn, conversation)) dueAt(turn, conversation);
}

/**
 * A group has answered how far it is and what is unread, which devices are told. True: another device
 * has read on meanwhile, so what is unread is to be asked anew.
 */
export function takeHead(
  turn: Turn,
  { conversation, unreadAfter }: ConversationHandOff,
  { have, unread }: ConversationReply,
): boolean {
  const state = turn.memory.timeline.conversation(conversation);
  if (unread === undefined || !isLarge(state)) return false;
  const { read } = state;
  if (unreadAfter !== undefined && read > unreadAfter) return isWatched(turn, conversation);
  const asOf = unreadAfter === undefined ? {} : { read: unreadAfter };
  for (const session of liveSessions(turn)) {
    send(turn, session.id, { t: "head", conversation, number: have, unread, ...asOf });
  }
  return false;
}

/**
 * A group that has grown small again has answered what is unread before its copies, which a row keeps.
 * True: it is to be asked anew.
 */
export function takeUnreadInLog(
  turn: Turn,
  { conversation, unreadAfter }: ConversationHandOff,
  { have, unread }: ConversationReply,
): boolean {
  const { timeline } = turn.memory;
  const state = timeline.conversation(conversation);
  if (unread === undefined || state.unreadInLog?.isTold !== false) return false;
  // Of another mark, or of another end of the log: what is between would be counted twice.
  if (state.read !== unreadAfter || have !== state.head.number) return true;
  timeline.appendPrivate(conversation, readAsTold(state, unread), turn.now);
  return false;
}

export function passThrough(turn: Turn, conversation: string, run: readonly LogEntry[]): void {
  const state = turn.memory.timeline.conversation(conversation);
  if (!isLarge(state) || !takesPart(turn, conversation)) return;
  if (isTakenBack(turn, conversation, run)) return;
  // A call that comes late may be of an earlier stay.
  const begin = state.membership?.from ?? 1;
  // On its way since then: what an edit is about may have come before, and is the group's to know.
  const seen = run.filter(({ number }) => number >= begin);
  const told = seen.map((entry) => withoutExpired(entry, turn.now, () => undefined));
  for (const entries of framesOf(told.map(toLoggedEntry))) {
    const from = entries[0]?.number ?? 0;
    const to = entries.at(-1)?.number ?? 0;
    for (const session of liveSessions(turn)) {
      send(turn, session.id, { t: "log", conversation, from, to, entries });
    }
  }
}

/**
 * A call may come late, with words that a row here takes back (R11). Numbered before that, it is
 * followed by another run: whoever lacks this one fetches it, as it is by then.
 */
function isTakenBack({ memory }: Turn, conversation: string, run: readonly LogEntry[]) {
  const { timeline } = memory;
  const first = run[0]?.number ?? 0;
  const newest = timeline.conversation(conversation).head.number;
  if (first >= newest) return false;
  const since = timeline.logFrom(conversation, first + 1, newest);
  const gone = new Set(since.map(({ body }) => (body.kind === "recall" ? body.target : 0)));
  return run.some(({ number, body }) => {
    if (body.kind === "edit") return gone.has(body.target);
    return isCountable(body) && gone.has(number);
  });
}

function framesOf(run: readonly LoggedEntry[]): LoggedEntry[][] {
  const frames: LoggedEntry[][] = [];
  let room = 0;
  for (const entry of run) {
    const bytes = utf8Bytes(JSON.stringify(entry)) + 1;
    if (bytes > room || frames.length === 0) {
      frames.push([]);
      room = LIMITS.frameBytes - ENVELOPE_BYTES;
    }
    frames.at(-1)?.push(entry);
    room -= bytes;
  }
  return frames;
}

/** A device has stored the group's log up to there. It rides on the next answer to the group. */
export function haveLog(
  turn: Turn,
  session: LiveSession,
  { conversation, number }: { readonly conversation: string; readonly number: number },
): void {
  const state = turn.memory.timeline.conversation(conversation);
  // What is fed is acked: here a device could say that it has what it was never sent.
  if (!isLarge(state) || !takesPart(turn, conversation)) {
    return refuse(turn, session.id, "not-found", { of: "have" });
  }
  const known = follower(turn, conversation);
  known.delivered = Math.max(known.delivered, number);
}
