import type {
  Address,
  Append,
  ConversationHandOff,
  ConversationReply,
  HandOff,
  HandOffReply,
  Verdict,
} from "../../protocol/hand-offs.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { exceeds } from "../../protocol/marks.ts";
import { homeOf, isGroup } from "../core/home.ts";
import { calling, failed, mayCall, OPEN_LANE, succeeded } from "../core/lane.ts";
import { copyReach } from "../core/membership.ts";
import { count, sample } from "../core/stats.ts";
import type { PendingAppend } from "../user-store.ts";
import { farewellDone, farewellIn, peerGone } from "./account.ts";
import { heardOf } from "./asking.ts";
import { giveUp } from "./dead-letters.ts";
import { follower, isHome, laneTo, nothingOwed, ownMarks } from "./followers.ts";
import { isHidden } from "./invitations.ts";
import { asksUnread, isWatched, takeHead, takeUnreadInLog } from "./large-groups.ts";
import { copyEntries } from "./log.ts";
import { hearMarks, hintRouted, marksKept } from "./marks.ts";
import { takeMembership } from "./membership.ts";
import { dropPending, failPending, keepPending, rebasePending } from "./pending.ts";
import { conclude } from "./personal.ts";
import { judgeHere, resultOf, submitItem } from "./submit.ts";
import {
  answer,
  type Batch,
  type CallOutcome,
  type LaneState,
  type Turn,
  type Waiting,
} from "./turn.ts";

/** Calls to other objects: what is due to each, one call at a time, and what comes of it. */

/** Starts every call that is due and may be made now. */
export function startCalls(turn: Turn): void {
  const { lanes, pending } = turn.memory;
  for (const one of pending) {
    const home = homeOf(one.conversation);
    if (home !== undefined) laneTo(turn, home);
  }
  for (const [address, state] of lanes) {
    if (!mayCall(state.lane, turn.now)) continue;
    const promised = pending.filter((one) => homeOf(one.conversation) === address);
    if (state.due.size + state.waiting.length + promised.length === 0) continue;
    startCall(turn, address, state, promised);
  }
}

/** Whoever is held back after a failure is called at the end of this turn. */
export function retryCalls(turn: Turn): void {
  for (const state of turn.memory.lanes.values()) {
    if (!state.lane.inFlight) state.lane = OPEN_LANE;
  }
}

function startCall(
  turn: Turn,
  address: Address,
  state: LaneState,
  promised: readonly PendingAppend[],
): void {
  const pending = promised.slice(0, LIMITS.handOffEntries);
  const waiting = state.waiting.slice(0, LIMITS.handOffEntries - pending.length);
  const appends = [...pending, ...waiting];
  const conversations = new Set([...appends.map((one) => one.conversation), ...state.due]);
  const call: HandOff = {
    from: `user:${turn.memory.me}`,
    conversations: [...conversations].map((conversation) => {
      const own = appends.filter((one) => one.conversation === conversation);
      const append = own.map((one) => one.append);
      return conversationCall(turn, conversation, append, state.due.has(conversation));
    }),
  };
  state.waiting = state.waiting.slice(waiting.length);
  state.due.clear();
  state.batch = { call, startedAt: turn.now, waiting, pending };
  state.lane = calling(state.lane);
  turn.effects.push({ kind: "call", to: address, call });
}

function conversationCall(
  turn: Turn,
  conversation: string,
  append: readonly Append[],
  isDue: boolean,
): ConversationHandOff {
  const { timeline } = turn.memory;
  const known = follower(turn, conversation);
  const home = isHome(turn, conversation);
  const { membership, read } = timeline.conversation(conversation);
  const marks = ownMarks(turn, conversation);
  // In doubt about how far the other side is, the call asks and carries nothing.
  const replicate =
    home && known.sure
      ? timeline.log(conversation, known.have + 1, LIMITS.handOffEntries, turn.settings.pageBytes)
      : [];
  return {
    conversation,
    have: copyReach(timeline.conversation(conversation)),
    ...(append.length > 0 && !home ? { append } : {}),
    ...(replicate.length > 0 ? { replicate } : {}),
    ...farewellIn(turn, conversation, { append, replicate }),
    ...(exceeds(marks, known.told) ? { marks } : {}),
    ...(membership === undefined ? {} : { membershipKept: membership.version }),
    ...(isWatched(turn, conversation) ? { live: true } : {}),
    ...(isDue && asksUnread(turn, conversation) ? { unreadAfter: read } : {}),
  };
}

/** A call has come back, one way or the other. */
export function endCall(turn: Turn, from: Address, outcome: CallOutcome): void {
  const state = laneTo(turn, from);
  const { batch } = state;
  if (batch === null) return endForgotten(turn, state, outcome);
  state.batch = null;
  count(turn.memory.stats, "hand_offs", [outcome.ok ? "ok" : "failed"]);
  sample(turn.memory.stats, "hand_off_ms", [], turn.now - batch.startedAt);
  if (outcome.ok) {
    state.lane = succeeded();
    return takeReply(turn, state, batch, outcome.reply);
  }
  backOff(turn, state);
  for (const { conversation } of batch.call.conversations) {
    // A question alone is not asked again.
    if (isGroup(conversation) || !isUntouched(turn, conversation)) state.due.add(conversation);
    heardOf(turn, conversation, true, submitItem);
  }
  keepWaiting(turn, state, batch.waiting);
}

/** What waits behind a failed call would wait as long: all of it is promised or refused now. */
function keepWaiting(turn: Turn, state: LaneState, carried: readonly Waiting[]): void {
  const waiting = [...carried, ...state.waiting];
  state.waiting = [];
  for (const one of waiting) keepPending(turn, one);
}

function isUntouched({ memory }: Turn, conversation: string): boolean {
  return memory.timeline.conversation(conversation).touched.seq === 0;
}

/** A throw has dropped what this call was about: whatever it brought is asked for again. */
function endForgotten(turn: Turn, state: LaneState, outcome: CallOutcome): void {
  if (!state.lane.inFlight) return;
  if (outcome.ok) {
    state.lane = succeeded();
    return;
  }
  backOff(turn, state);
  // Later ones are promised at once, and may not overtake these.
  keepWaiting(turn, state, []);
}

function backOff(turn: Turn, state: LaneState): void {
  state.lane = failed(state.lane, turn.settings, turn.now, turn.random());
}

function takeReply(turn: Turn, state: LaneState, batch: Batch, reply: HandOffReply): void {
  for (const sent of batch.call.conversations) {
    const { conversation } = sent;
    const answered = reply.conversations.find((one) => one.conversation === conversation);
    const part: Batch = {
      ...batch,
      waiting: batch.waiting.filter((one) => one.conversation === conversation),
      pending: batch.pending.filter((one) => one.conversation === conversation),
    };
    if (answered === undefined) throw new Error(`no answer about ${conversation}`);
    if (answered.refused !== undefined) refuseAll(turn, conversation, part, answered.refused);
    else takeConversation(turn, state, sent, answered, part);
    heardOf(turn, conversation, answered.refused === undefined, submitItem);
  }
}

function refuseAll(
  turn: Turn,
  conversation: string,
  part: Batch,
  code: NonNullable<ConversationReply["refused"]>,
): void {
  for (const one of part.waiting) {
    const { counter } = one.append.origin;
    answer(turn, one.session, { conversation: one.conversation, counter, error: { code } });
  }
  for (const one of part.pending) failPending(turn, one, code);
  giveUp(turn, conversation, code);
  turn.store.people.unshun(conversation);
  farewellDone(turn, conversation);
  if (code === "gone") peerGone(turn, conversation);
}

function takeConversation(
  turn: Turn,
  state: LaneState,
  sent: ConversationHandOff,
  reply: ConversationReply,
  part: Batch,
): void {
  const { conversation } = sent;
  if (isHidden(turn, sent, reply)) return nothingOwed(turn, conversation);
  takeMembership(turn, conversation, reply);
  if (reply.entries !== undefined) copyEntries(turn, conversation, reply.entries);
  if (reply.marks !== undefined) hearMarks(turn, conversation, reply.marks);
  if (reply.kept !== undefined) marksKept(turn, conversation, reply.kept);
  if (reply.goneKept === true) farewellDone(turn, conversation);
  if (isHome(turn, conversation)) {
    noteProgress(turn, state, sent, reply.have);
    for (const one of part.waiting) judgeHere(turn, one);
    return;
  }
  follower(turn, conversation).sure = true;
  const isStale = takeHead(turn, sent, reply) || takeUnreadInLog(turn, sent, reply);
  if (isStale || reply.more) state.due.add(conversation);
  for (const one of part.waiting) {
    const verdict = verdictOn(reply, one.append);
    conclude(turn, one, resultOf(one, verdict));
    if (verdict?.kind === "gap") notePassedOver(state, one);
  }
  for (const one of part.pending) settlePending(turn, one, verdictOn(reply, one.append));
}

/** It comes again, and in front of what its device has said since: none of that may be promised. */
function notePassedOver(state: LaneState, { conversation, append: { origin } }: Waiting): void {
  state.waiting = state.waiting.map((one) => {
    const isBehind =
      one.conversation === conversation && one.append.origin.device === origin.device;
    return isBehind ? { ...one, coherent: false } : one;
  });
}

/** How far the other side's copy reaches now, by its own word. */
function noteProgress(turn: Turn, state: LaneState, sent: ConversationHandOff, have: number): void {
  const known = follower(turn, sent.conversation);
  const { number } = turn.memory.timeline.conversation(sent.conversation).head;
  const [first] = sent.replicate ?? [];
  const stuck = first !== undefined && have < first.number;
  const advanced = have > known.have;
  known.have = Math.min(have, number);
  known.sure = true;
  if (advanced) hintRouted(turn, sent.conversation, known.have);
  if (known.have === number) return;
  state.due.add(sent.conversation);
  // It did not take what continues it: not again at once, the alarm comes back to it.
  if (stuck) backOff(turn, state);
}

function verdictOn(reply: ConversationReply, append: Append): Verdict | undefined {
  const { device, counter } = append.origin;
  return reply.verdicts?.find((one) => one.counter === counter && one.device === device);
}

function settlePending(turn: Turn, one: PendingAppend, verdict: Verdict | undefined): void {
  // An entry in the same reply, or a call from the other side, may have settled it already.
  if (!turn.memory.pending.includes(one)) return;
  if (verdict?.kind === "accepted") dropPending(turn, one);
  if (verdict?.kind === "refused") failPending(turn, one, verdict.code);
  if (verdict?.kind === "gap") rebasePending(turn, one, verdict.have);
}
