import type { ErrorCode } from "../../protocol/errors.ts";
import type { Address, ConversationHandOff, HandOff } from "../../protocol/hand-offs.ts";
import type { Hint, HintReply } from "../../protocol/presence.ts";
import type { Lane } from "../core/lane.ts";
import type { StatsBatch } from "../core/stats.ts";
import type { GroupStore } from "../group-store.ts";
import type { CallOutcome, Moment } from "../user/turn.ts";
import type { Cursors } from "./cursors.ts";
import type { GroupLog } from "./log.ts";
import type { OwnList } from "./own-list.ts";
import type { Roster } from "./roster.ts";

/** Everything that happens to a group's object beside calls. One event is one transaction. */
export type GroupEvent =
  | { readonly kind: "alarm" }
  | { readonly kind: "reply"; readonly from: Address; readonly outcome: CallOutcome }
  /** A member's object has taken a hint. */
  | { readonly kind: "hinted"; readonly to: Address; readonly reply: HintReply };

/** What the shell does after the commit. Any of these may be lost: each is derived from rows. */
export type GroupEffect =
  | { readonly kind: "call"; readonly to: Address; readonly call: HandOff }
  /** Said in passing to a member's object: one that is lost is not missed. */
  | { readonly kind: "hint"; readonly to: Address; readonly hint: Hint }
  | { readonly kind: "stats"; readonly batch: StatsBatch };

/** What outlives memory outside of the rows. */
export interface GroupHost {
  /** The alarm that is set, or null. */
  alarmAt(): number | null;
}

/** What the call under way to a member's object carries. */
export interface MemberCall {
  readonly sent: ConversationHandOff;
  readonly startedAt: number;
  /** The member has said meanwhile that a device is there: what the answer says may be of before. */
  hasCome: boolean;
}

/** A member's object that could not be reached, or did not take what it was given. */
export interface HeldBack {
  readonly lane: Lane;
  readonly since: number;
  /** Why, where the object said so. */
  readonly code: ErrorCode | null;
}

/** How many have an author's newest message, as last told to the author. */
export interface ToldTotals {
  readonly number: number;
  readonly delivered: number;
  readonly read: number;
  /** Undefined: nothing was told yet, and nobody has it. */
  readonly of: number | undefined;
  readonly at: number;
}

/** In a large group entries are passed through to whose device is there, and copied to few. */
export interface LargeMemory {
  readonly live: Set<string>;
  /** How far entries were passed to each of them. */
  readonly passed: Map<string, number>;
  /** How far, and when, they were passed on at all. */
  passedTo: number;
  passedAt: number;
  /** How far a row says that they were, written with the cursors. */
  passedStored: number;
  /**
   * Entries that are rows for some and have not come yet: of who has said them, in groups of any
   * size, and of who is meant. A row says so, too.
   */
  readonly own: OwnList;
  ownStored: string;
}

export interface GroupMemory {
  /** The conversation, which is also the object's address. */
  readonly me: `group:${string}`;
  readonly log: GroupLog;
  readonly roster: Roster;
  readonly cursors: Cursors;
  /** Members whose object may lack something, in the order in which they are called. */
  readonly due: Set<string>;
  /** Calls under way, by member; null: a throw has dropped what it carried. */
  readonly calls: Map<string, MemberCall | null>;
  /** Members whose own word is missing since this object woke: they are asked before they are fed. */
  readonly unsure: Set<string>;
  /** How far answers have brought members who have not said so themselves: they may have got lost. */
  readonly given: Map<string, number>;
  readonly held: Map<string, HeldBack>;
  /** What stands in a row about those held back, who are all that is owed then; empty: not so. */
  resting: string;
  /** Authors with a live device, and what they were told. */
  readonly totals: Map<string, ToldTotals>;
  /** Members who look at the group, and until when. */
  readonly lookers: Map<string, number>;
  /** What a large group knows beside its log. */
  readonly large: LargeMemory;
  /** The alarm that is set; null: none. */
  alarmAt: number | null;
  /** When the newest entry was numbered, as far as memory goes. */
  numberedAt: number;
  stats: StatsBatch;
}

/** One event in progress. */
export interface GroupTurn extends Moment {
  readonly store: GroupStore;
  readonly host: GroupHost;
  readonly memory: GroupMemory;
  readonly effects: GroupEffect[];
}
