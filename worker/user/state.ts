import { comparePlaces } from "../../protocol/arrange.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { ConversationState as WireState } from "../../protocol/server-frames.ts";
import { type ConversationState, unread } from "../core/conversation.ts";
import { isLarge } from "../core/membership.ts";
import { peopleState } from "../core/people.ts";
import { arrangementOf, personalState } from "../core/personal.ts";
import { liveSessions, send, type Turn } from "./turn.ts";
import { entryOf } from "./visible.ts";

/**
 * Rule R7: the oldest seq that a device may resume from. Rows stay; what is older than retention is
 * reached by history. Found by bisection, since `keptAt` never falls.
 */
export function floorOf(turn: Turn): number {
  const { timeline } = turn.memory;
  const oldestAt = turn.now - turn.settings.retentionMs;
  const isOld = (seq: number) => (turn.store.rowFrom(seq)?.keptAt ?? turn.now) < oldestAt;
  // What is trimmed stays trimmed, also when the operator has raised retention since.
  let floor = timeline.trimmed;
  let above = timeline.head + 1;
  if (!isOld(floor + 1)) return floor;
  while (floor + 1 < above) {
    const middle = Math.floor((floor + above) / 2);
    if (isOld(middle)) floor = middle;
    else above = middle;
  }
  return floor;
}

/** Up to where superseded rows may go: what a live session has not been fed is still to come. */
export function trimFloor(turn: Turn): number {
  const fed = liveSessions(turn).map(({ feed }) => feed.have);
  return Math.min(floorOf(turn), ...fed);
}

/** Names come after this one, or are this one. */
const FIRST_NAME = "direct:0,0";

/**
 * One page of the current state. The first is the first screen: the head of the list. The others
 * go through all conversations by name, so that what moves up in the list meanwhile is in one too.
 */
export function snapshotPage(turn: Turn, after: string | undefined) {
  const states = turn.memory.timeline.conversations();
  const left = after === undefined ? listed(states) : named(states, after);
  const conversations: WireState[] = [];
  let bytes = 0;
  for (const state of left.slice(0, LIMITS.snapshotConversations)) {
    const wire = wireState(turn, state);
    bytes += JSON.stringify(wire).length * 3;
    if (bytes > LIMITS.pageBytes && conversations.length > 0) break;
    conversations.push(wire);
  }
  const last = after === undefined ? FIRST_NAME : conversations.at(-1)?.conversation;
  const more = conversations.length < left.length;
  return {
    asOf: turn.memory.timeline.head,
    conversations,
    ...(more && last !== undefined ? { next: last } : {}),
  };
}

function listed(states: readonly ConversationState[]): ConversationState[] {
  const places = states.map((state) => {
    const { pinned, archived } = arrangementOf(state);
    return { id: state.conversation, at: shownAt(state), pinned, archived, state };
  });
  return places.sort(comparePlaces).map(({ state }) => state);
}

function named(states: readonly ConversationState[], after: string): ConversationState[] {
  const byName = [...states].sort((a, b) => (a.conversation < b.conversation ? -1 : 1));
  return byName.filter(({ conversation }) => conversation > after || after === FIRST_NAME);
}

function shownAt({ shownAt, touched }: ConversationState): number {
  return shownAt ?? touched.at;
}

export function sendSnapshot(
  turn: Turn,
  session: { readonly id: string },
  ref: string | undefined,
  after: string | undefined,
): void {
  send(turn, session.id, {
    t: "snapshot",
    ...(ref === undefined ? {} : { ref }),
    ...snapshotPage(turn, after),
  });
}

function wireState(turn: Turn, state: ConversationState): WireState {
  // Who comes to a group later has not seen the entry that said so.
  const { ttlSeconds } = state.membership ?? state;
  const last = turn.memory.timeline.newest(state.conversation);
  return {
    conversation: state.conversation,
    head: state.head.number,
    headSeq: state.touched.seq,
    at: shownAt(state),
    // Of a large group, which has no copy here, `head` tells.
    unread: isLarge(state) ? 0 : unread(state),
    read: state.read,
    peer: state.peer,
    ...(last === undefined ? {} : { last: entryOf(turn, last) }),
    ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
    ...(state.membership === undefined ? {} : { membership: state.membership }),
    ...personalState(state),
    ...peopleState(state.people),
  };
}
