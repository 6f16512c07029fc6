import type {
  ConversationHandOff,
  ConversationReply,
  HandOff,
  HandOffReply,
  LogEntry,
} from "../../protocol/hand-offs.ts";
import type { Member } from "../core/group/state.ts";
import { copyOf } from "./copy.ts";
import { knowsPlace, owe } from "./due.ts";
import { isLarge, noteLive, unreadOf } from "./large.ts";
import { numberAppend } from "./number.ts";
import { copyLacks, ownEntries, ownTaken } from "./own-entries.ts";
import type { GroupTurn } from "./turn.ts";

/**
 * A member's object calls, or somebody's who would like to be a member. Everything in it may come
 * twice, late, or again after a lost reply; the answer calls nobody (no A → B → A).
 */
export function serve(turn: GroupTurn, { from, conversations }: HandOff): HandOffReply {
  const [kind, user = ""] = from.split(":");
  return {
    conversations: conversations.map((one) =>
      kind === "user" && one.conversation === turn.memory.me
        ? serveUser(turn, user, one)
        : { conversation: one.conversation, have: 0, refused: "not-found" },
    ),
  };
}

function serveUser(turn: GroupTurn, user: string, one: ConversationHandOff): ConversationReply {
  const { conversation, append = [] } = one;
  const verdicts = append.map((message) => numberAppend(turn, message));
  const answered = verdicts.length > 0 ? { verdicts } : {};
  const member = turn.memory.roster.member(user);
  if (member === undefined) {
    const isHeard = verdicts.length > 0;
    return { conversation, have: 0, ...answered, ...(isHeard ? {} : { refused: "not-found" }) };
  }
  hear(turn, member, one);
  const isNews = isLarge(turn) && one.live === true && hearLive(turn, member);
  const entries = entriesFor(turn, member, one.have);
  const place = knowsPlace(turn, member) ? {} : turn.memory.roster.placeOf(user);
  noteGiven(turn, member, entries, "membership" in place);
  const { log, cursors } = turn.memory;
  const isThere = member.state === "member";
  const copy = copyOf(turn, member);
  const reached = Math.max(one.have, entries.at(-1)?.number ?? 0);
  return {
    conversation,
    have: isThere ? log.head : one.have,
    ...answered,
    ...(entries.length > 0 ? { entries } : {}),
    ...(copy !== undefined && reached < copy.last ? { more: true } : {}),
    ...place,
    ...(one.marks === undefined ? {} : { kept: cursors.marksOf(user) }),
    ...(isThere && (isNews || isAsking(turn, one))
      ? { unread: unreadOf(turn, member, one.unreadAfter) }
      : {}),
  };
}

/** A device has come and wants to know how far the log is, or what is unread before the copies. */
function isAsking(turn: GroupTurn, one: ConversationHandOff): boolean {
  const { live, append, unreadAfter } = one;
  if (!isLarge(turn)) return unreadAfter !== undefined;
  return live === true && (append === undefined || unreadAfter !== undefined);
}

/**
 * From now on entries are passed through to this member; what was before, its devices fetch. False:
 * that is known. Who has gone and come back unheard says it in passing, and is told the head all the same.
 */
function hearLive(turn: GroupTurn, { user, state }: Member): boolean {
  const { large, log, calls } = turn.memory;
  const call = calls.get(user);
  if (call) call.hasCome = true;
  if (state !== "member" || large.live.has(user)) return false;
  noteLive(turn, user, true);
  large.passed.set(user, log.head);
  return true;
}

/** The caller's own word about its copy, its place and its marks. */
function hear(turn: GroupTurn, member: Member, one: ConversationHandOff): void {
  const { user } = member;
  const { log, cursors, held, unsure, given } = turn.memory;
  const kept = one.membershipKept ?? 0;
  cursors.hear(user, { have: Math.min(one.have, log.head), kept }, turn.now);
  if (one.marks !== undefined) cursors.mark(user, one.marks, log.head, turn.now);
  if (knowsPlace(turn, member)) ownTaken(turn, member, one.have, []);
  // Their word opens the way again: what was to pass through it waits for no alarm.
  if (held.delete(user) && isLarge(turn)) owe(turn, user);
  // Who took their marks for kept tells none: a crash may have lost them, and they are asked all the same.
  if (one.marks !== undefined) unsure.delete(user);
  given.delete(user);
}

/** What the caller's copy lacks. Who has none gets their own, else their devices would wait for it. */
function entriesFor(turn: GroupTurn, member: Member, have: number): readonly LogEntry[] {
  const hasCopy = copyOf(turn, member) !== undefined;
  return hasCopy ? copyLacks(turn, member, have) : ownEntries(turn, member);
}

/** The answer may be lost: the caller is asked by the alarm, unless its own word comes before. */
function noteGiven(
  turn: GroupTurn,
  member: Member,
  entries: readonly LogEntry[],
  isTold: boolean,
): void {
  const { due, given } = turn.memory;
  const { user } = member;
  const last = entries.at(-1)?.number;
  if (last === undefined && !isTold) return;
  const copy = copyOf(turn, member);
  given.set(user, last ?? 0);
  due.delete(user);
  if (copy !== undefined && (last ?? 0) < copy.last) owe(turn, user);
}
