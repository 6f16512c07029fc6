/**
 * The port to what a client keeps: the outbox, the received entries and the marks between them.
 * Each method is one atomic transaction; contract tests run over every implementation.
 */
import type { Content, Entry, Priority } from "../protocol/entries.ts";
import type { Span } from "../protocol/expiring.ts";
import type { MessageFile } from "../protocol/files.ts";
import type { Membership } from "../protocol/groups.ts";
import type { NumberSpan } from "../protocol/marks.ts";
import type { RequestState } from "../protocol/people.ts";
import type { Arrangement, ArrangementChange, Draft, Folder } from "../protocol/personal.ts";
import type { Failure, Reach } from "./model.ts";

/** One per store. */
export interface StoreMeta {
  /** Made with the store and lost with it: counters must never be used twice. */
  readonly device: string;
  /** Whose store this is; empty until it is known. */
  readonly user: string;
  /** Last counter taken. */
  readonly counter: number;
  /** End of the contiguous run of the timeline that is stored; null: nothing yet. */
  readonly stored: number | null;
  /** Up to here the app has handled it, and only this is acked. */
  readonly handled: number;
  /** Raised by each leader; writes of an older one are refused. */
  readonly epoch: number;
  /** Opens the next socket without a token. */
  readonly ticket: string;
  /** Learned heartbeats by network label. */
  readonly heartbeats: readonly LearnedHeartbeat[];
}

export interface LearnedHeartbeat {
  readonly network: string;
  readonly intervalMs: number;
  /** Wall time until which no longer interval is tried. */
  readonly holdUntil: number;
}

/** waiting: to be sent · accepted: promised, its entry has not come back yet · failed: see failure. */
export type OutboxStatus =
  | { readonly kind: "waiting" }
  | { readonly kind: "accepted"; readonly number: number | null; readonly at: number }
  | { readonly kind: "failed"; readonly failure: Failure };

/** What must be uploaded before a message can be sent, and which field of its content names it. */
export interface PendingUpload {
  readonly field: "file" | "thumbnail";
  readonly bytes: number;
  /** A file of another message, in place of bytes that are kept here. */
  readonly copyOf?: MessageFile;
}

export interface OutboxDraft {
  readonly key: string;
  readonly conversation: string;
  readonly content: Content;
  readonly priority: Priority;
  /** Local wall time of `send()`. */
  readonly createdAt: number;
  readonly failAfterMs?: number;
  readonly maxAttempts?: number;
  /** Written once the disk has it, whatever the store was told of all that it writes. */
  readonly durable?: boolean;
  /** In this order; absent once all of it is uploaded. Until then the content names no file. */
  readonly uploads?: readonly PendingUpload[];
  /** The version of the conversation's draft that it was made from, and that ends with it. */
  readonly draft?: number;
  /** Counter of the row that this one is written instead of: deleted in the same transaction. */
  readonly replaces?: number;
}

export interface OutboxRow extends OutboxDraft {
  readonly counter: number;
  readonly status: OutboxStatus;
}

/** What this device wants of a conversation and no entry has shown yet: told until one does. */
export interface Wish {
  readonly change?: ArrangementChange;
  /** Of the notes alone. */
  readonly folders?: readonly Folder[];
  readonly draft?: DraftWish;
  /** Of the notes alone: whom to keep out, and whom to let in again, in this order. */
  readonly blocking?: readonly BlockWish[];
  /** Whether a stranger is let in. */
  readonly answer?: boolean;
  /**
   * Of these, something else was wished before, which the server may have heard: what entries show may
   * still become that, so these are over once the server has answered, and not before. A block says so
   * itself.
   */
  readonly replacing?: readonly WishKind[];
}

export type WishKind = Exclude<keyof Wish, "replacing">;

export interface BlockWish {
  readonly user: string;
  readonly on: boolean;
  readonly isReplacing?: boolean;
}

export interface DraftWish {
  /** Empty: no draft. */
  readonly text: string;
  readonly replyTo?: number;
  /** The version whose place it takes. */
  readonly base: number;
  /** Begun where there was no draft: that another one ended elsewhere is not about this one. */
  readonly isFresh: boolean;
  /** Key of the message that takes what was before with it: this is told after that one. */
  readonly after?: string;
}

/** An entry of a conversation's log; `key` is the local key of one that was sent from here. */
export interface StoredEntry {
  readonly entry: Entry & { readonly number: number };
  readonly key?: string;
}

/** The last hint about one's own message `number` in a group. */
export interface StoredReach extends Reach {
  readonly number: number;
}

export interface RowPeople {
  /** Whom this user keeps out: in the row of the notes alone. */
  readonly blocked?: readonly string[];
  readonly request?: RequestState;
  readonly gone?: boolean;
}

/** A log that the app gets by its numbers, and not with the timeline. */
export interface Handed {
  /** The app has taken everything up to here. */
  readonly upTo: number;
  /** Entries up to this seq of the timeline are handed with it all the same: the copy of before. */
  readonly since: number;
  /** How often the app has refused what comes next; absent: never. */
  readonly throws?: number;
}

export interface ConversationRow {
  readonly conversation: string;
  readonly head: number;
  readonly at: number;
  readonly unread: number;
  readonly read: number;
  /** The server is known to have this read mark. */
  readonly readTold: number;
  readonly peerRouted: number;
  readonly peerDelivered: number;
  readonly peerRead: number;
  /** What `peerDelivered` does not speak of; absent: nothing. */
  readonly peerExcept?: readonly NumberSpan[];
  /** Number of the newest message that is shown; 0: none. */
  readonly last: number;
  /** The oldest number that exists for this user, once the server said so; 0: not known. */
  readonly start: number;
  /** Newest counter of this device that was accepted here: the next one's `prev`. */
  readonly ownCounter: number;
  /** What this user keeps about it, as the server says; absent: never said. */
  readonly arrangement?: Arrangement;
  readonly draft?: Draft;
  /** The user's folders: in the row of the notes alone. */
  readonly folders?: readonly Folder[];
  /** Unread messages that mention this user. */
  readonly mentions?: readonly number[];
  readonly wish?: Wish;
  /** What this user has decided about the other side; absent: nothing. */
  readonly people?: RowPeople;
  /** In a group: this user's place. */
  readonly membership?: Membership;
  /** In a group that one has come back to: up to here stubs are asked for again. */
  readonly reread?: number;
  /** Of a group with one log for all: the end of the run of it that is here. */
  readonly log?: number;
  /** Of such a group, or one that was: how far its log was handed to the app. */
  readonly handed?: Handed;
  /** How far one's own newest messages in a group have come, by number. */
  readonly reaches?: readonly StoredReach[];
  /** Messages that are written now live for so many seconds; absent: as long as the conversation. */
  readonly ttlSeconds?: number;
  /** Where messages are that expire. */
  readonly expiring?: readonly Span[];
}

/** All of it or nothing. */
export interface StoreBatch {
  /** Refused when the store's epoch is another. */
  readonly epoch: number;
  readonly meta?: Partial<Omit<StoreMeta, "device" | "counter" | "epoch">>;
  /** The counter never goes below this. */
  readonly counterFloor?: number;
  readonly putOutbox?: readonly OutboxRow[];
  readonly deleteOutbox?: readonly number[];
  readonly entries?: readonly StoredEntry[];
  readonly conversations?: readonly ConversationRow[];
  /** Forgets all entries before the batch's own: they may miss edits and recalls that came since. */
  readonly clearEntries?: boolean;
  /** As `clearEntries`, of this conversation alone. */
  readonly clearEntriesOf?: string;
}

export interface StoreImage {
  readonly meta: StoreMeta;
  /** By counter. */
  readonly outbox: readonly OutboxRow[];
  readonly conversations: readonly ConversationRow[];
  /** The newest shown message of each conversation that has one. */
  readonly lasts: readonly StoredEntry[];
}

export interface ClientStore {
  /** Opens or makes the store; `device` is taken only when it is new. Call first, and once. */
  open(device: string): Promise<StoreImage>;
  /** Takes the next counter and writes the row, in one transaction; see `durable`. */
  enqueue(draft: OutboxDraft): Promise<OutboxRow>;
  /** False: another leads (`epoch` differs), and nothing was written. */
  apply(batch: StoreBatch): Promise<boolean>;
  /** Raises the epoch and returns it. */
  claim(): Promise<number>;
  /** Outbox rows and meta as they are now; for a tab that has just become the leader. */
  read(): Promise<StoreImage>;
  /** Entries of a conversation with `from <= number <= to`, ascending; holes are left out. */
  range(conversation: string, from: number, to: number): Promise<readonly StoredEntry[]>;
  /** Numbered entries with `after < seq <= upTo`, by seq, at most `limit`. */
  sinceSeq(after: number, upTo: number, limit: number): Promise<readonly StoredEntry[]>;
  close(): Promise<void>;
}
