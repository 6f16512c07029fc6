/**
 * What the Worker asks of a user's object beside sockets and hand-offs: plain data in, plain data
 * out. Identity is an argument, judged by the Worker before the call; the object trusts its caller.
 */
import type { CloseName } from "../protocol/close-codes.ts";
import type { Entry } from "../protocol/entries.ts";
import type { ErrorCode, ProtocolError } from "../protocol/errors.ts";
import type { MessageFile } from "../protocol/files.ts";
import type { Wanted } from "../protocol/history.ts";
import type { PreferencesPatch } from "../protocol/preferences.ts";
import type { SearchPage } from "../protocol/search.ts";
import type { Filter } from "./core/search/documents.ts";
import type { GroupTrace } from "./group-requests.ts";

/** Carries the SocketGrant to the user's object, on a request that the Worker builds itself. */
export const GRANT_HEADER = "x-holdfast-grant";

/** What the Worker says about a socket that it hands over; nothing of it comes from a header. */
export interface SocketGrant {
  readonly user: string;
  readonly device: string;
  /** Rises with every ticket of a device; one that is not above the last one used is refused. */
  readonly ticketNumber: number;
  /** When the token behind the ticket ends, ms. */
  readonly expiresAt: number;
  /** The ticket for the next socket of this device, ready to be put into welcome. */
  readonly nextTicket: string;
  /** Name of the network the device is in: ASN, place and a salted hash of the address prefix. */
  readonly network: string;
}

/** A socket that the object does not take: what it is told, and why it ends. Answered with 403. */
export interface SocketRefusal {
  readonly frames: readonly string[];
  readonly close: CloseName;
}

/** What somebody looks for among the messages that they may see: a SearchPage. */
export interface SearchRequest extends Filter {
  /** Absent: whatever passes the filter. */
  readonly q?: string;
  /** `next` of the page before. */
  readonly page?: string;
  readonly limit: number;
}

export interface HistoryPage {
  /** Newest first, contiguous. */
  readonly entries: Entry[];
  /** There are older ones, and newer ones. */
  readonly more: boolean;
  readonly newer: boolean;
}

/** The page, or whose log has it all: there are few of a large group's entries in a user's object. */
export type HistoryAnswer = HistoryPage | { readonly group: string };

/** The page, or whose log is to be searched. */
export type SearchAnswer = SearchPage | { readonly group: string };

export type UserRequest =
  | FileRequest
  /** Brings the object to life near its user; idempotent. */
  | { readonly kind: "sign-up"; readonly user: string }
  | { readonly kind: "devices" }
  | { readonly kind: "revoke"; readonly device: string }
  | { readonly kind: "device-timeline"; readonly device: string }
  | { readonly kind: "conversations"; readonly after?: string }
  | { readonly kind: "preferences" }
  /** Ends the account, for good; what is under way goes on by itself. */
  | { readonly kind: "delete-account" }
  /** May the directory show this upload as the user's picture? It is kept from now on. */
  | { readonly kind: "picture-wanted"; readonly picture: string }
  /** The directory shows it, or none, and not the one before any more. */
  | { readonly kind: "picture-shown"; readonly picture?: string }
  /** Whether this user may ask the directory now, at this cost. */
  | { readonly kind: "look-up"; readonly cost: number }
  /** Applies to what happens from now on: marks that were told stay told. */
  | { readonly kind: "prefer"; readonly patch: PreferencesPatch }
  /** A page of a conversation's log: a HistoryAnswer. */
  | ({ readonly kind: "history"; readonly conversation: string } & Wanted)
  /** A SearchAnswer. */
  | ({ readonly kind: "search" } & SearchRequest)
  /** The sender's half of a message's story: a MessageTrace. */
  | { readonly kind: "trace"; readonly id: string }
  /** What became of entry `number` on the devices of this user: DeviceTrace[]. */
  | { readonly kind: "trace-part"; readonly conversation: string; readonly number: number }
  /** Messages of a time, newest first, without their content: MessageHead[]. */
  | {
      readonly kind: "message-heads";
      readonly from: number;
      readonly to: number;
      readonly limit: number;
    }
  /** What could not be handed over, or not yet: OpenHandOff[]. */
  | { readonly kind: "open-hand-offs" }
  /** Calls every object again that is held back after a failure, at once. */
  | { readonly kind: "retry-hand-offs" }
  /** Offers a given-up message to its recipient once more; `not-found` where that can't be. */
  | { readonly kind: "replay-hand-off"; readonly id: string };

export type UserAnswer =
  | { readonly ok: true; readonly value: unknown }
  | (Pick<ProtocolError, "field" | "rule" | "retryAfterMs"> & {
      readonly ok: false;
      readonly code: ErrorCode;
    });

/** About files: the object keeps the account of them, the Worker moves the bytes. */
export type FileRequest =
  /** Room for these bytes, once: an Upload. */
  | {
      readonly kind: "upload-begin";
      readonly file: string;
      readonly bytes: number;
      readonly hash: string;
    }
  | { readonly kind: "upload"; readonly file: string }
  /** All bytes are in the bucket, and their hash is the one that was told. */
  | { readonly kind: "upload-stored"; readonly file: string; readonly type: string }
  /** What is not complete is not wanted any more. */
  | { readonly kind: "upload-drop"; readonly file: string }
  /** May this user see this file of this message now? A ReadableFile. */
  | ({ readonly kind: "file" } & MessageFile);

/** An upload of the user who is asked. */
export interface Upload {
  readonly file: string;
  readonly bytes: number;
  readonly hash: string;
  /** Empty while parts are missing. */
  readonly type: string;
}

/** The way of one entry to one device. Times in ms; null: not (yet). */
export interface DeviceTrace {
  readonly user: string;
  readonly device: string;
  readonly seq: number;
  /** When this user's object had it. */
  readonly arrivedAt: number;
  /** `pending`: under way or waiting for the device; `unknown`: acked, time not kept. */
  readonly status: "acked" | "pending" | "given-up" | "placeholder" | "unknown";
  readonly pushes: readonly DevicePush[];
  readonly nextRetryAt: number | null;
}

/** One connection's attempts at it. */
export interface DevicePush {
  readonly route: string;
  readonly attempts: number;
  readonly firstPushAt: number;
  readonly lastPushAt: number;
  readonly ackedAt: number | null;
}

/** Names a message, for who looks for one to trace. */
export interface MessageHead {
  readonly id: string;
  readonly conversation: string;
  readonly number: number;
  readonly at: number;
  /** `text`, `edit`, `recalled` … */
  readonly kind: string;
}

/** A promised message without a number: on its way to its home, or given up. */
export interface OpenHandOff {
  readonly id: string;
  readonly conversation: string;
  /** When it was promised, or given up. */
  readonly at: number;
  /** Why it was given up; null: still on its way. */
  readonly failed: string | null;
  /** Given up, but numbered, and not arrived since: it may be offered once more. */
  readonly replayable: boolean;
}

/** What the sender's object tells of a message; the recipients' devices are asked separately. */
export interface MessageTrace {
  readonly id: string;
  readonly conversation: string;
  /** Null: promised, but not numbered yet, or failed. */
  readonly number: number | null;
  readonly acceptedAt: number;
  /** The other side's copy has it. */
  readonly routed: boolean;
  readonly failed: string | null;
  readonly recipients: readonly string[];
  readonly devices: readonly DeviceTrace[];
  /** Of a message to a group, for operators: how far each member's object is. */
  readonly group?: GroupTrace;
}
