import type { Body } from "../../protocol/entries.ts";
import type { Origin } from "../../protocol/ids.ts";
import { joinMarks, type Marks, NO_MARKS } from "../../protocol/marks.ts";
import { type ExpiryState, takeExpiry } from "./expiry.ts";
import { isGroup } from "./home.ts";
import {
  copyBegin,
  type PlaceState,
  takeHistory,
  takePlace,
  type UnreadInLog,
} from "./membership.ts";
import { type People, peopleAfter } from "./people.ts";
import { advancePersonal, type PersonalState, unmark } from "./personal.ts";
import { isLogRow, type TimelineRow } from "./row.ts";

/**
 * What a user's object knows of one conversation beyond its rows. It is a fold over the rows, kept
 * in memory, checkpointed now and then and rebuilt from the last checkpoint on waking.
 */
export interface ConversationState extends PersonalState, PlaceState, ExpiryState {
  readonly conversation: string;
  /** Newest entry of the log, 0 and 0 before the first. */
  head: { seq: number; number: number };
  /** Newest entry of the log that is not this user's own. */
  foreign: { seq: number; number: number };
  /** Newest row of any kind. */
  touched: { seq: number; at: number };
  /** Acceptance of the newest message: what sorts the list of conversations. */
  shownAt?: number;
  /** Countable messages in all, and this user's own among them. */
  countable: number;
  own: number;
  /**
   * Last counter accepted from each origin device, by `user:device`: the judge's memory. Of a group,
   * which judges for itself, only this user's own devices.
   */
  last: Record<string, number>;
  /** This user's own read mark; the delivered mark is derived from the devices' cursors. */
  read: number;
  /** Foreign countable messages up to the read mark. */
  seen: number;
  /** Foreign countable messages above the read mark that were recalled since. */
  hidden: number[];
  /** The other side's marks as they stand in rows, and when the last such row was written. */
  peer: Marks;
  peerAt: number;
  /** Own entries up to here that the other side lacks are given up, and their sender told so. */
  givenUp: number;
  /** How far the other side's copy was known to reach at the last checkpoint. */
  peerHave: number;
  /** What this user has decided about the other side; absent as long as that is nothing. */
  people?: People;
}

export function newConversation(conversation: string): ConversationState {
  return {
    conversation,
    head: { seq: 0, number: 0 },
    foreign: { seq: 0, number: 0 },
    touched: { seq: 0, at: 0 },
    countable: 0,
    own: 0,
    last: {},
    read: 0,
    seen: 0,
    hidden: [],
    peer: NO_MARKS,
    peerAt: 0,
    givenUp: 0,
    peerHave: 0,
  };
}

export function deviceKey(origin: Origin): string {
  return `${origin.user}:${origin.device}`;
}

/** Takes one more row into account. Rows come in the order of their seq, each once. */
export function advance(state: ConversationState, row: TimelineRow, me: string): void {
  // What this user does not see is no news of the conversation, and no mark stands on it.
  const isVeiled = isLogRow(row) && row.body.kind === "withheld";
  state.touched = { seq: row.seq, at: isVeiled ? state.touched.at : row.at };
  const before = { countable: state.countable, own: state.own };
  if (isLogRow(row)) {
    state.head = { seq: row.seq, number: row.number };
    if (row.countable > state.countable) state.shownAt = Math.max(state.shownAt ?? 0, row.at);
    if (row.origin.user !== me && !isVeiled) state.foreign = state.head;
    state.countable = row.countable;
    state.own = row.own;
    const isJudged = row.origin.user === me || !isGroup(state.conversation);
    if (isJudged) state.last[deviceKey(row.origin)] = row.origin.counter;
  }
  const { body } = row;
  if (body.kind === "receipt") {
    state.peer = joinMarks(state.peer, body);
    state.peerAt = row.keptAt;
  }
  advancePersonal(state, row, me);
  if (body.kind === "failed") state.givenUp = Math.max(state.givenUp, body.number ?? 0);
  if (isLogRow(row)) takeHistory(state, row, before);
  if (isLogRow(row)) takeExpiry(state, row);
  if (body.kind === "membership") takePlace(state, body, row.at);
  if (body.kind === "read") takeRead(state, body, row);
  if (body.kind === "recall" && (body.author ?? row.origin?.user) !== me) hide(state, body.target);
  const people = peopleAfter(state.people, row, me);
  if (people !== undefined) state.people = people;
}

/** A message that is no more, recalled or expired before it was read, is unread no longer. */
export function hide(state: ConversationState, number: number): void {
  if (number > state.read && !state.hidden.includes(number)) state.hidden.push(number);
}

/** The read mark moves forward, or the group has said what is unread before the copy. */
function takeRead(
  state: ConversationState,
  { number, unread, head }: Extract<Body, { kind: "read" }>,
  row: Pick<TimelineRow, "countable" | "own">,
): void {
  if (number > state.read) {
    unmark(state);
    state.seen = seenUpTo(state, row);
    state.read = number;
    state.hidden = state.hidden.filter((hidden) => hidden > number);
    const inLog = inLogBeyond(state, number);
    if (inLog === undefined) delete state.unreadInLog;
    else state.unreadInLog = inLog;
  }
  if (head === undefined || number !== state.read || state.unreadInLog === undefined) return;
  state.unreadInLog = { count: Math.max(0, unread - unreadInCopy(state)), isTold: true };
}

/** Foreign countable messages up to there; of one that has no row here, those that were seen before. */
function seenUpTo(
  { seen }: ConversationState,
  { countable, own }: Pick<TimelineRow, "countable" | "own">,
): number {
  return Math.max(seen, countable - own);
}

/** Until the group has said so, all of it may be unread that was. */
function inLogBeyond(state: ConversationState, number: number): UnreadInLog | undefined {
  const room = copyBegin(state) - 1 - number;
  if (state.unreadInLog === undefined || room <= 0) return undefined;
  return { count: Math.min(state.unreadInLog.count, room), isTold: false };
}

export function unread(state: ConversationState): number {
  return Math.max(0, unreadInCopy(state) + (state.unreadInLog?.count ?? 0));
}

function unreadInCopy(state: ConversationState, hidden = state.hidden): number {
  return state.countable - state.own - state.seen - hidden.length;
}

/** The row with which the group's answer is kept, once the copy reaches as far as the answer does. */
export function readAsTold(state: ConversationState, inLog: number) {
  const { read: number, head } = state;
  // The group knows which of its own were recalled.
  const hidden = state.hidden.filter((one) => one >= copyBegin(state));
  const unread = Math.max(0, inLog + unreadInCopy(state, hidden));
  return { kind: "read", number, unread, head: head.number } as const;
}

/** What would be unread with the mark on `number`, whose row has the running counts. */
export function unreadBeyond(
  state: ConversationState,
  number: number,
  row: Pick<TimelineRow, "countable" | "own"> = { countable: 0, own: 0 },
): number {
  const hidden = state.hidden.filter((recalled) => recalled > number);
  const seen = seenUpTo(state, row);
  const inLog = inLogBeyond(state, number)?.count ?? 0;
  return Math.max(0, state.countable - state.own - seen - hidden.length + inLog);
}
