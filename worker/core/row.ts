import type { Body, Changes, Entry, Priority } from "../../protocol/entries.ts";
import type { LogEntry } from "../../protocol/hand-offs.ts";
import { formatMessageId, type Origin } from "../../protocol/ids.ts";
import type { LoggedEntry } from "../../protocol/large-groups.ts";

/**
 * The one row that a user's object writes for a message. The conversation's log, the user's copy of
 * it and the timeline that devices follow are three views of these rows.
 */
export interface TimelineRow {
  readonly seq: number;
  readonly conversation: string;
  /** Null for what belongs to this user alone: marks, receipts, failures. */
  readonly number: number | null;
  readonly origin: Origin | null;
  /** Acceptance at the home, ms. */
  readonly at: number;
  /** When this object took it, ms; never decreases with seq. */
  readonly keptAt: number;
  readonly priority: Priority;
  readonly hash: number;
  readonly body: Body;
  readonly changes: Changes | null;
  /** Seq of the entry before it in the conversation's log, and of a farther one (chain.ts); 0: none. */
  readonly previous: number;
  readonly jump: number;
  /** How many countable messages the conversation has up to here, and how many of them are own. */
  readonly countable: number;
  readonly own: number;
}

/** A row that has its number: an entry of a conversation's log. */
export type LogRow = TimelineRow & { readonly number: number; readonly origin: Origin };

/** What the log of a conversation says in any object; where the row stands is that object's own. */
export type Logged = Pick<
  LogRow,
  "number" | "origin" | "at" | "priority" | "hash" | "body" | "changes"
>;

export function isLogRow(row: TimelineRow): row is LogRow {
  return row.number !== null && row.origin !== null;
}

/** An entry of a group's log in the shape of a timeline's row: its number is its place. */
export function toLogRow(conversation: string, row: Logged): LogRow {
  const { number, at } = row;
  const place = { seq: number, keptAt: at, previous: 0, jump: 0, countable: 0, own: 0 };
  return { ...row, ...place, conversation };
}

/** The row as devices of this user see it. */
export function toEntry(row: TimelineRow): Entry {
  return {
    seq: row.seq,
    conversation: row.conversation,
    ...(row.number === null ? {} : { number: row.number }),
    ...(row.origin === null ? {} : { id: formatMessageId(row.origin) }),
    at: row.at,
    ...(row.priority === "normal" ? {} : { priority: row.priority }),
    body: row.body,
    ...(row.changes === null ? {} : { changes: row.changes }),
  };
}

/** The same entry as it goes to devices that follow the log itself. */
export function toLoggedEntry(entry: Logged | LogEntry): LoggedEntry {
  const { number, origin, at, priority, body, changes } = entry;
  return {
    number,
    id: formatMessageId(origin),
    at,
    ...(priority === "normal" ? {} : { priority }),
    body,
    ...(changes === null || changes === undefined ? {} : { changes }),
  };
}

/** The row as other objects see it. */
export function toLogEntry(row: Logged): LogEntry {
  return {
    number: row.number,
    origin: row.origin,
    at: row.at,
    priority: row.priority,
    hash: row.hash,
    body: row.body,
    ...(row.changes === null ? {} : { changes: row.changes }),
  };
}
