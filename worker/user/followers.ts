import type { Address } from "../../protocol/hand-offs.ts";
import { peerOf } from "../../protocol/ids.ts";
import { exceeds, type Marks, marksOf, NO_MARKS } from "../../protocol/marks.ts";
import { homeOf, isGroup } from "../core/home.ts";
import { type Lane, OPEN_LANE } from "../core/lane.ts";
import { isLarge } from "../core/membership.ts";
import { keepsSilent, peopleIn, seenUpTo } from "./distance.ts";
import { exceptIn } from "./refused.ts";
import type { Follower, LaneState, Turn } from "./turn.ts";

/** What this object knows of the other side of each conversation, and owes to it. */

export function isHome(turn: Turn, conversation: string): boolean {
  return homeOf(conversation) === `user:${turn.memory.me}`;
}

/** The object on the other side of a conversation; undefined in one's notes to oneself. */
export function otherSide(turn: Turn, conversation: string): Address | undefined {
  if (isGroup(conversation)) return homeOf(conversation);
  const peer = peerOf(conversation, turn.memory.me);
  return peer === undefined || peer === turn.memory.me ? undefined : `user:${peer}`;
}

export function newLane(lane: Lane): LaneState {
  return { lane, due: new Set(), waiting: [], batch: null };
}

export function laneTo(turn: Turn, address: Address): LaneState {
  const known = turn.memory.lanes.get(address);
  if (known !== undefined) return known;
  const state = newLane(OPEN_LANE);
  turn.memory.lanes.set(address, state);
  return state;
}

/**
 * What is known of the other side's copy. A conversation that is met for the first time since
 * waking owes no entries: if it did, an alarm would be set, and the conversation be marked in doubt.
 * So this must be asked before anything is appended.
 */
export function follower(turn: Turn, conversation: string): Follower {
  const known = turn.memory.followers.get(conversation);
  if (known !== undefined) return known;
  const state = turn.memory.timeline.conversation(conversation);
  const fresh: Follower = {
    have: state.head.number,
    sure: true,
    told: NO_MARKS,
    owedMarks: false,
    heard: state.peer,
    delivered: deliveredOf(turn, conversation),
  };
  turn.memory.followers.set(conversation, fresh);
  return fresh;
}

/**
 * Nobody knows what became of the last calls: ask again. `have` is what the last checkpoint knew, or
 * the other side's last receipt: a lower bound.
 */
export function doubt(turn: Turn, conversation: string): void {
  if (otherSide(turn, conversation) === undefined) return;
  if (peopleIn(turn, conversation)?.gone === true) return;
  const known = follower(turn, conversation);
  const state = turn.memory.timeline.conversation(conversation);
  known.have = Math.min(known.have, Math.max(state.peerHave, state.peer.delivered));
  known.sure = false;
  known.owedMarks = owesMarks(turn, conversation);
}

/**
 * Whether the other side is to be told of this user's marks. What devices have of a large group
 * waits for a question, however long: only what the person has read is told unasked.
 */
export function owesMarks(turn: Turn, conversation: string): boolean {
  const own = ownMarks(turn, conversation);
  const { told } = follower(turn, conversation);
  const isQuiet = isLarge(turn.memory.timeline.conversation(conversation));
  return isQuiet ? own.read > told.read : exceeds(own, told);
}

/** The other side has answered, and nothing of that is for here: asked again, it would say the same. */
export function nothingOwed(turn: Turn, conversation: string): void {
  const known = follower(turn, conversation);
  known.sure = true;
  known.owedMarks = false;
}

/** The other side of this conversation may lack something: it is told at the next call. */
export function dueAt(turn: Turn, conversation: string): void {
  const address = otherSide(turn, conversation);
  if (address !== undefined) laneTo(turn, address).due.add(conversation);
}

/** Whether the other side's copy, or its knowledge of marks, is behind or unknown. */
function isOwed(turn: Turn, conversation: string): boolean {
  const known = turn.memory.followers.get(conversation);
  if (known === undefined || otherSide(turn, conversation) === undefined) return false;
  const { head, unreadInLog } = turn.memory.timeline.conversation(conversation);
  if (known.owedMarks || !known.sure || unreadInLog?.isTold === false) return true;
  return isHome(turn, conversation) && known.have < head.number;
}

export function owed(turn: Turn): string[] {
  return [...turn.memory.followers.keys()].filter((conversation) => isOwed(turn, conversation));
}

/**
 * This user's own marks. Delivered stands on the newest foreign entry that a device has, for one's
 * own need no receipt. Read is told only where the user wants it.
 */
export function ownMarks(turn: Turn, conversation: string): Marks {
  if (keepsSilent(turn, conversation)) return NO_MARKS;
  const state = turn.memory.timeline.conversation(conversation);
  const read = seenUpTo(turn, conversation, state.read);
  const { delivered } = follower(turn, conversation);
  const told = turn.memory.preferences.readReceipts ? read : 0;
  return marksOf(Math.max(delivered, read), told, exceptIn(turn, conversation));
}

/** Delivered follows from the farthest device cursor over rows, so it needs no row of its own. */
function deliveredOf(turn: Turn, conversation: string): number {
  const { timeline, deliveredSeq } = turn.memory;
  const { foreign } = timeline.conversation(conversation);
  if (foreign.seq <= deliveredSeq) return foreign.number;
  // It may be one's own: a mark that is too high by those says nothing wrong.
  const newest = timeline.newestUpTo(conversation, deliveredSeq)?.number ?? 0;
  return seenUpTo(turn, conversation, newest);
}
