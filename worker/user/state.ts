import { LIMITS } from "../../protocol/limits.ts";
import type { ConversationState as WireState } from "../../protocol/server-frames.ts";
import { type ConversationState, unread } from "../core/conversation.ts";
import { toEntry } from "../core/row.ts";
import { liveSessions, send, type Turn } from "./turn.ts";

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

/** One page of the current state of all conversations, newest first, from after `after` on. */
export function snapshotPage(turn: Turn, after: string | undefined) {
  const all = turn.memory.timeline.conversations();
  const start =
    after === undefined ? 0 : all.findIndex((state) => state.conversation === after) + 1;
  const conversations: WireState[] = [];
  let bytes = 0;
  for (const state of all.slice(start, start + LIMITS.snapshotConversations)) {
    const wire = wireState(turn, state);
    bytes += JSON.stringify(wire).length * 3;
    if (bytes > LIMITS.pageBytes && conversations.length > 0) break;
    conversations.push(wire);
  }
  const last = conversations.at(-1)?.conversation;
  const more = start + conversations.length < all.length;
  return {
    asOf: turn.memory.timeline.head,
    conversations,
    ...(more && last !== undefined ? { next: last } : {}),
  };
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
  const last = turn.memory.timeline.newest(state.conversation);
  return {
    conversation: state.conversation,
    head: state.head.number,
    headSeq: state.touched.seq,
    at: state.touched.at,
    unread: unread(state),
    read: state.read,
    peer: state.peer,
    ...(last === undefined ? {} : { last: toEntry(last) }),
  };
}
