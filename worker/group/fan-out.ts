import type { ErrorCode } from "../../protocol/errors.ts";
import type { Address, ConversationHandOff, ConversationReply } from "../../protocol/hand-offs.ts";
import type { Member } from "../core/group/state.ts";
import { calling, failed, OPEN_LANE } from "../core/lane.ts";
import { count, sample } from "../core/stats.ts";
import type { CallOutcome } from "../user/turn.ts";
import { copyOf, reachOf } from "./copy.ts";
import { isBehind, knowsPlace, owe } from "./due.ts";
import { takeGone } from "./gone.ts";
import { isLarge, noteLive, passing } from "./large.ts";
import { copyLacks, owesOwn, ownEntries, ownTaken } from "./own-entries.ts";
import { forgetAuthor, newTotals } from "./totals.ts";
import type { GroupTurn, MemberCall } from "./turn.ts";
import { noteLooking } from "./typing.ts";

/**
 * Handing the log to the members' objects: one call at a time to each, a bounded number at a time in
 * all, in the order in which they fell behind. One that fails delays nobody else.
 */

/** Beyond this the runtime would let calls wait in its own queue, out of our hands. */
const CALLS_AT_ONCE = 64;

export function startCalls(turn: GroupTurn): void {
  const { due, calls, held } = turn.memory;
  for (const user of due) {
    if (calls.size >= CALLS_AT_ONCE) return;
    due.delete(user);
    if (calls.has(user)) continue;
    const sent = callTo(turn, user);
    // Held back with nothing left to bring: there is nobody to come back to.
    if (sent === undefined) held.delete(user);
    if (sent === undefined) continue;
    calls.set(user, { sent, startedAt: turn.now, hasCome: false });
    const call = { from: turn.memory.me, conversations: [sent] };
    turn.effects.push({ kind: "call", to: `user:${user}`, call });
  }
}

/** What this member's object is told now; undefined: nothing. */
function callTo(turn: GroupTurn, user: string): ConversationHandOff | undefined {
  const { log, roster, cursors, unsure, me } = turn.memory;
  const member = roster.member(user);
  if (member === undefined) return undefined;
  const isAsked = unsure.has(user);
  const replicate = isAsked ? [] : lacking(turn, member);
  const place = knowsPlace(turn, member) ? {} : roster.placeOf(user);
  const totals = newTotals(turn, member);
  const passed = passing(turn, member);
  const isDue = isAsked || replicate.length > 0 || "membership" in place || passed.length > 0;
  if (!isDue && totals === undefined) return undefined;
  return {
    conversation: me,
    // One that hides the group from its user says that it has this.
    have: member.parting?.version ?? log.head,
    kept: cursors.marksOf(user),
    ...(replicate.length > 0 ? { replicate } : {}),
    ...place,
    ...(totals === undefined ? {} : { totals: [totals] }),
    ...(passed.length > 0 ? { passing: passed } : {}),
  };
}

function lacking(turn: GroupTurn, member: Member) {
  if (copyOf(turn, member) === undefined) {
    return owesOwn(turn, member) ? ownEntries(turn, member) : [];
  }
  return copyLacks(turn, member, reachOf(turn, member));
}

/** A call has come back, one way or the other. */
export function endCall(turn: GroupTurn, from: Address, outcome: CallOutcome): void {
  const user = from.slice(from.indexOf(":") + 1);
  const { calls, stats, unsure } = turn.memory;
  const call = calls.get(user);
  calls.delete(user);
  count(stats, "hand_offs", [outcome.ok ? "ok" : "failed"]);
  if (!outcome.ok) return holdBack(turn, user, null);
  if (call === undefined || call === null) {
    // A throw has dropped what this call was about.
    unsure.add(user);
    return owe(turn, user);
  }
  sample(stats, "hand_off_ms", [], turn.now - call.startedAt);
  const [answered] = outcome.reply.conversations;
  if (answered === undefined) throw new Error(`no answer from ${user}`);
  if (answered.refused === "gone") return takeGone(turn, user);
  if (answered.refused !== undefined) return holdBack(turn, user, answered.refused);
  takeWord(turn, user, call, answered);
}

/** The member's object says how far it is: its own word, and the only one that counts. */
function takeWord(turn: GroupTurn, user: string, call: MemberCall, word: ConversationReply): void {
  const { log, roster, cursors, held, unsure, given } = turn.memory;
  const kept = word.membershipKept ?? 0;
  cursors.hear(user, { have: Math.min(word.have, log.head), kept }, turn.now);
  if (word.marks !== undefined) cursors.mark(user, word.marks, log.head, turn.now);
  if (word.live === false && !call.hasCome) {
    forgetAuthor(turn, user);
    noteLive(turn, user, false);
  }
  if (word.looking === true) noteLooking(turn, user);
  const passed = call.sent.passing?.at(-1)?.number;
  if (passed !== undefined && turn.memory.large.live.has(user)) {
    turn.memory.large.passed.set(user, passed);
  }
  held.delete(user);
  unsure.delete(user);
  const member = roster.member(user);
  if (member === undefined) return;
  // Where there is no copy, calls go beside answers, whose entries may still be on their way.
  const isUnderWay = copyOf(turn, member) === undefined && word.have < (given.get(user) ?? 0);
  if (!isUnderWay) given.delete(user);
  if (knowsPlace(turn, member)) ownTaken(turn, member, word.have, call.sent.replicate ?? []);
  // Whoever has been brought back before they heard that they had gone announces nobody by themself.
  const isBack = call.sent.membership !== undefined && word.live === true;
  if (isBack && isLarge(turn) && member.state === "member") noteLive(turn, user, true);
  // What was passed filled a page.
  if (passing(turn, member).length > 0) owe(turn, user);
  if (!isBehind(turn, member)) return;
  const [first] = call.sent.replicate ?? [];
  const isLacking = first !== undefined && word.have < first.number;
  // A copy that is farther behind than was known is fed from where it is.
  const isGap = isLacking && copyOf(turn, member) !== undefined && word.have < first.number - 1;
  const isStuck =
    (isLacking && !isGap) ||
    (call.sent.membership !== undefined && kept < call.sent.membership.version);
  // It did not take what continues it: not again at once, the alarm comes back to it.
  if (isStuck) holdBack(turn, user, null);
  else owe(turn, user);
}

/** Not before a while; less and less often. */
function holdBack(turn: GroupTurn, user: string, code: ErrorCode | null): void {
  const { held, due } = turn.memory;
  const known = held.get(user);
  const lane = failed(calling(known?.lane ?? OPEN_LANE), turn.settings, turn.now, turn.random());
  held.set(user, { lane, since: known?.since ?? turn.now, code });
  due.delete(user);
}
