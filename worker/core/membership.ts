import type { Membership } from "../../protocol/groups.ts";
import type { LogEntry } from "../../protocol/hand-offs.ts";
import type { ConversationState } from "./conversation.ts";
import { unmark } from "./personal.ts";
import type { TimelineRow } from "./row.ts";

/** What is unread before the copy begins, of which there are no rows here: the group is asked. */
export interface UnreadInLog {
  readonly count: number;
  /** The group has said so; else it is owed an answer, and nothing above this is known. */
  readonly isTold: boolean;
}

/** A user's own place in a group, folded from rows: the newest version counts. */
export interface PlaceState {
  /** Absent: no group, or none that this user was ever in. */
  membership?: Membership;
  /** Number of the entry from which on there is a copy again, where there was none for a while. */
  copyFrom?: number;
  /** While the read mark lies before that. */
  unreadInLog?: UnreadInLog;
}

/** Whoever comes is shown what was there before, but has not missed it; whoever goes misses nothing. */
export function takePlace(state: ConversationState, place: Membership, at: number): void {
  const before = state.membership;
  if (before !== undefined && before.version >= place.version) return;
  state.membership = place;
  const isNew = before?.state !== "member" || place.from > before.from;
  // Told by the group: who was out of reach may have heard nothing of a switch to and fro.
  if (place.copyFrom !== undefined && place.copyFrom !== state.copyFrom) {
    state.copyFrom = place.copyFrom;
    state.seen = state.countable - state.own;
    state.hidden = [];
    state.unreadInLog = { count: 0, isTold: false };
  }
  const isHere = place.state === "member";
  // Of what was said before that, some may still be on its way.
  if (isNew || !isHere) passOver(state, place.version - 1);
  if (!isHere) unmark(state);
  // A group that nobody has written in yet has its place in the list all the same.
  else if (isNew) state.shownAt = Math.max(state.shownAt ?? 0, at);
  if (!isHere || isLarge(state) || state.read >= copyBegin(state) - 1) delete state.unreadInLog;
}

/** First number of which there is a copy. */
export function copyBegin({ copyFrom = 1 }: PlaceState): number {
  return copyFrom;
}

/** Everything up to `number` is no longer news. */
function passOver(state: ConversationState, number: number): void {
  state.read = Math.max(state.read, number);
  state.seen = state.countable - state.own;
  state.hidden = [];
  if (state.mentions !== undefined) state.mentions = [];
}

/**
 * A row of the log that comes below the read mark: what was there before one joined. One from before
 * the copy, late, is among what the group counts.
 */
export function takeHistory(
  state: ConversationState,
  row: TimelineRow & { number: number },
  before: { readonly countable: number; readonly own: number },
): void {
  if (row.number < copyBegin(state) && row.number > state.read && !isLarge(state)) {
    state.seen += row.countable - row.own - (before.countable - before.own);
  }
  if (row.number > state.read) return;
  state.seen = row.countable - row.own;
  if (state.mentions !== undefined) {
    state.mentions = state.mentions.filter((number) => number > state.read);
  }
}

/** Whether this user's devices may see the entry with this number (rule R15). */
export function maySee(place: Membership | undefined, number: number): boolean {
  return place?.state === "member" && number >= place.from;
}

/** How far a copy reaches: it begins where this user's view does. */
export function copyReach({ head, membership, copyFrom = 1 }: ConversationState): number {
  if (membership === undefined) return head.number;
  return Math.max(head.number, membership.from - 1, copyFrom - 1);
}

/** The group's log is the only copy: what stands here beside it are a few of its entries. */
export function isLarge({ membership }: PlaceState): boolean {
  return membership?.mode === "large";
}

/** Of a group, what lies between one's leaving and coming back is absent. */
export function continues(state: ConversationState, { number }: LogEntry): boolean {
  const { head, membership } = state;
  if (membership === undefined) return number === head.number + 1;
  if (isLarge(state)) return number > head.number;
  return number === copyReach(state) + 1 || isLate(state, number);
}

/** It stands before where the copy begins anew, for who went and came back, or after two switches. */
export function isLate(state: ConversationState, number: number): boolean {
  const { head, membership } = state;
  return membership !== undefined && number > head.number && number <= copyReach(state);
}
