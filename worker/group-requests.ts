/**
 * What the Worker asks of a group's object beside hand-offs: plain data in, plain data out. Who asks
 * is an argument, judged by the Worker; whether they may is judged by the group, at that moment.
 */
import type { ErrorCode } from "../protocol/errors.ts";
import type { Role } from "../protocol/groups.ts";
import type { Wanted } from "../protocol/history.ts";
import type { LoggedEntry } from "../protocol/large-groups.ts";
import type { Ends } from "./core/page.ts";
import type { SearchRequest } from "./requests.ts";

export type GroupRequest =
  /** A member's own place, and the group's size: GroupAbout. */
  | { readonly kind: "about"; readonly user: string }
  /** A page of those who are there: MembersPage. */
  | { readonly kind: "members"; readonly user: string; readonly after?: string }
  /** The links that are open, for those who may make them. */
  | { readonly kind: "links"; readonly user: string }
  /** Who has entry `number`: ReceiptsPage. */
  | {
      readonly kind: "receipts";
      readonly user: string;
      readonly number: number;
      readonly after?: string;
    }
  /** May this user see this file of entry `number` now? A ReadableFile. */
  | {
      readonly kind: "file";
      readonly user: string;
      readonly number: number;
      readonly file: string;
    }
  /** Where the group's picture is: ShownPicture. */
  | { readonly kind: "picture"; readonly user: string }
  /** Entries from after `after` on that this member may see: LogPage. */
  | { readonly kind: "log"; readonly user: string; readonly after: number; readonly limit: number }
  /** A page of the log from anywhere in it that this member may see: GroupHistoryPage. */
  | ({ readonly kind: "history"; readonly user: string } & Wanted)
  /** What this member may see of the log: a SearchPage. */
  | ({ readonly kind: "search"; readonly user: string } & SearchRequest)
  /** For operators: how far each member's object has entry `number`: GroupTrace. */
  | { readonly kind: "trace"; readonly number: number };

export type GroupAnswer =
  | { readonly ok: true; readonly value: object }
  | { readonly ok: false; readonly code: ErrorCode };

export interface ShownPicture {
  readonly file: string;
  /** Who has uploaded it. */
  readonly owner: string;
}

export interface MemberEntry {
  readonly user: string;
  readonly role: Role;
  /** Number of the entry that brought them in. */
  readonly since: number;
  /** Ms since 1970. */
  readonly silencedUntil?: number;
}

export interface MembersPage {
  readonly members: readonly MemberEntry[];
  /** Ask for the page after this member. */
  readonly next?: string;
}

/** A run of the log, oldest first, and how far the log is. */
export interface LogPage {
  readonly entries: readonly LoggedEntry[];
  readonly head: number;
}

/** As a HistoryPage, newest first; what stands in nobody's timeline has no seq. */
export interface GroupHistoryPage extends Ends {
  readonly entries: readonly ({ readonly conversation: string } & LoggedEntry)[];
}

/**
 * How many of the `of` others who can see it have an entry. A recall is complete when `copies`
 * equals `of`; those of `unreachable` have been given up for now and get it first when they return.
 */
export interface ReceiptsPage {
  readonly number: number;
  readonly of: number;
  readonly delivered: number;
  readonly read: number;
  /** Objects whose copy reaches past it. */
  readonly copies: number;
  readonly unreachable: number;
  readonly members: readonly ReceiptEntry[];
  readonly next?: string;
}

export interface ReceiptEntry {
  readonly user: string;
  readonly copied: boolean;
  readonly delivered: boolean;
  readonly read: boolean;
}

export interface GroupTrace {
  readonly number: number;
  readonly acceptedAt: number;
  readonly members: readonly GroupTraceEntry[];
  /** Those whose object does not know their newest place yet: who is being removed, among others. */
  readonly untold: readonly string[];
}

export interface GroupTraceEntry extends ReceiptEntry {
  /** How far the copy reaches. */
  readonly have: number;
  /** When a member's object that could not be reached is called again, ms; null: all is well. */
  readonly heldUntil: number | null;
  /** What that object said, where it said anything: `not-found`, `gone` … */
  readonly refused: ErrorCode | null;
}
