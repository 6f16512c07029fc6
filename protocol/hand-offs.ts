/**
 * What objects say to each other. There is one kind of call, `handOff`, carrying whatever is due in
 * either direction for any number of conversations; it is reachable by object calls only, never by
 * a route or a frame. Fields are added, never changed: during a deploy both sides may be of
 * different versions.
 */
import type { Body, Changes, Content, Priority } from "./entries.ts";
import type { ErrorCode } from "./errors.ts";
import type { Membership } from "./groups.ts";
import type { Origin } from "./ids.ts";
import type { Marks } from "./marks.ts";

/** Names an object: `user:alice` or `group:<id>`. */
export type Address = `user:${string}` | `group:${string}`;

/** An entry of a conversation's log, as home and copies keep it under the same number. */
export interface LogEntry {
  readonly number: number;
  readonly origin: Origin;
  /** Acceptance at the home, ms. */
  readonly at: number;
  readonly priority: Priority;
  /** Hash of the submitted payload: how a repeated id with another payload is told apart. */
  readonly hash: number;
  readonly body: Body;
  readonly changes?: Changes;
}

/** A message on its way from a member's object to the home. */
export interface Append {
  readonly origin: Origin;
  /** The counter before it in this conversation, from the same device. */
  readonly prev: number;
  readonly priority: Priority;
  readonly hash: number;
  readonly content: Content;
  /**
   * Its author's object refuses it, with this code, unless the home has numbered it before: sent
   * again before its answer has come, only the home knows.
   */
  readonly refusal?: ErrorCode;
}

export type Verdict = {
  /** Which message: the device and its counter; the user is the caller. */
  readonly device: string;
  readonly counter: number;
} & (
  | { readonly kind: "accepted"; readonly number: number; readonly at: number }
  | { readonly kind: "gap"; readonly have: number }
  | { readonly kind: "refused"; readonly code: ErrorCode }
);

export interface ConversationHandOff {
  readonly conversation: string;
  /** How far the caller's log or copy reaches. */
  readonly have: number;
  /** Member → home: messages to number, in order. */
  readonly append?: readonly Append[];
  /** Home → member: the run of the log that continues what the member is known to have. */
  readonly replicate?: readonly LogEntry[];
  /** The caller's account is deleted, and nothing will follow. */
  readonly gone?: true;
  /** The caller's own marks, where the other side may not have them. */
  readonly marks?: Marks;
  /** Group → member: which of the member's marks the group has. */
  readonly kept?: Marks;
  /** Group → member: the member's place, where the member may not have this version. */
  readonly membership?: Membership;
  /** With `membership`: who has brought the member in; absent where they came by themself. */
  readonly invitedBy?: string;
  /** Member → group: the version of the membership that stands in a row at the caller. */
  readonly membershipKept?: number;
  /** Group → author: how many have the author's newest messages; a hint. */
  readonly totals?: readonly Totals[];
  /** Large group → live member: entries that pass through without a row. */
  readonly passing?: readonly LogEntry[];
  /** Member → large group: a device of this member is there. */
  readonly live?: boolean;
  /**
   * Member → group: what is unread beyond this number is to be told; of a large group with `live`,
   * for a device has come. Answered and not kept: whoever keeps their mark to themself counts as well.
   */
  readonly unreadAfter?: number;
}

/** How many of the `of` other members have the entry `number`. */
export interface Totals {
  readonly number: number;
  readonly delivered: number;
  readonly read: number;
  readonly of: number;
}

export interface HandOff {
  readonly from: Address;
  readonly conversations: readonly ConversationHandOff[];
}

export interface ConversationReply {
  readonly conversation: string;
  readonly have: number;
  readonly verdicts?: readonly Verdict[];
  /** Home → member: entries that the caller lacks, from its `have + 1` on; one page. */
  readonly entries?: readonly LogEntry[];
  /** There are entries beyond that page. */
  readonly more?: boolean;
  /** The answering user's own marks. */
  readonly marks?: Marks;
  /** Which of the caller's marks are in rows here. */
  readonly kept?: Marks;
  /** Group → member in an answer, as in the call. */
  readonly membership?: Membership;
  readonly invitedBy?: string;
  /** Member → group: the version of the membership that stands in a row here. */
  readonly membershipKept?: number;
  /** Member → group: whether a device is there to be told anything. */
  readonly live?: boolean;
  /** Member → group: whether a device looks at the group. */
  readonly looking?: boolean;
  /**
   * Group → member: countable messages beyond the read mark, at most 1,000. Of a group that has grown
   * small again those before its copies.
   */
  readonly unread?: number;
  /** That the caller is gone stands in a row here. */
  readonly goneKept?: true;
  /** The whole conversation is refused here, e.g. the user does not exist. */
  readonly refused?: ErrorCode;
}

export interface HandOffReply {
  readonly conversations: readonly ConversationReply[];
}
