/** What an app sees: messages, conversations, the connection, and the events about them. */
import type { Body, Content, Priority } from "../protocol/entries.ts";
import type { HoldfastErrorCode } from "./errors.ts";
import type { UploadProgress } from "./file-model.ts";
import type { GroupPlace, Reach } from "./model-groups.ts";
import type { ConversationPeople, PeopleEvents } from "./model-people.ts";

export type * from "./model-groups.ts";
export type * from "./model-people.ts";

/**
 * queued: in the local store · sending: on its way · delayed: no answer for 8 s, still being tried ·
 * accepted: promised by the server · routed: in the recipient's object ·
 * delivered: stored on a device of the recipient · read: seen by the person · failed: refused or
 * given up, see `failure` · recalled: its content is nowhere any more.
 */
export type MessageState =
  | "queued"
  | "sending"
  | "delayed"
  | "accepted"
  | "routed"
  | "delivered"
  | "read"
  | "failed"
  | "recalled";

export interface Failure {
  readonly code: HoldfastErrorCode;
  /** Whether `resend(key)` may help. */
  readonly retryable: boolean;
  readonly field?: string;
  readonly rule?: string;
}

/** One entry of a conversation as this user sees it. Immutable: a change makes a new object. */
export interface Message {
  /** Stays the same from `send()` on; for lists, `resend` and `drop`. */
  readonly key: string;
  readonly conversation: string;
  /** Sender, device and counter; absent only until the row is in the local store. */
  readonly id: string | undefined;
  /** Place in the conversation; absent while it waits to be numbered. */
  readonly number: number | undefined;
  readonly from: string;
  readonly own: boolean;
  /** Server time of acceptance, or the local time of sending until then; ms since 1970. */
  readonly at: number;
  /** The newest text where it was edited. */
  readonly content: Body;
  readonly priority: Priority;
  readonly edited: boolean;
  /** From this server time on it is gone everywhere, ms since 1970; undefined: never. */
  readonly expiresAt: number | undefined;
  /** Who reacted how: emoji → users. */
  readonly reactions: Readonly<Record<string, readonly string[]>>;
  /** In a group `delivered` and `read` mean by all who can see it; `reach` counts. */
  readonly state: MessageState;
  /** Of one's own newest messages in a group, as far as is known. */
  readonly reach: Reach | undefined;
  readonly failure: Failure | undefined;
  /** While its file is being uploaded. */
  readonly upload?: UploadProgress;
}

export interface Conversation extends ConversationPeople {
  readonly id: string;
  /** Newest number of its log. */
  readonly head: number;
  /** Server time of the newest entry, ms since 1970. */
  readonly at: number;
  /** Messages of others beyond this user's read mark. */
  readonly unread: number;
  /** This user has read up to here. */
  readonly read: number;
  /** How far the other side has it; of a direct conversation. */
  readonly peer: { readonly delivered: number; readonly read: number };
  /** The newest message that is shown, a waiting one included. */
  readonly last: Message | undefined;
  /** This user's place in a group; undefined in a direct conversation. */
  readonly group: GroupPlace | undefined;
  /** Oldest unread message that mentions this user. */
  readonly mention: number | undefined;
  readonly pinned: boolean;
  readonly archived: boolean;
  /** Nobody should be disturbed for it before that time, ms since 1970; `FOREVER`: ever. */
  readonly mutedUntil: number | undefined;
  /** To be come back to, whatever was read. */
  readonly markedUnread: boolean;
  /** Ids of the folders that it is in. */
  readonly folders: readonly string[];
  /** What was begun here, on any device, and not sent. */
  readonly draft: Draft | undefined;
  /** Messages that are written now live for so many seconds; undefined: as long as it. */
  readonly ttlSeconds: number | undefined;
}

export interface Draft {
  readonly text: string;
  readonly replyTo?: number;
}

/** A folder that this user has made. */
export interface Folder {
  /** 1 to 32 characters of base64url, chosen by the app. */
  readonly id: string;
  readonly name: string;
}

/** The loaded part of a conversation, oldest first: a contiguous run, then what waits. */
export interface MessageList {
  readonly messages: readonly Message[];
  /** Older ones exist: `history(conversation, { before: messages[0].number })`. */
  readonly more: boolean;
  /** False until the local store has been read. */
  readonly loaded: boolean;
}

/** Where a page of history is: at most one of the three numbers, and how long it may be. */
export interface HistoryOptions {
  readonly before?: number;
  readonly after?: number;
  readonly around?: number;
  readonly limit: number;
}

export interface HistoryPage {
  /** Oldest first. May be fewer than the entries of the page: edits and recalls are not shown. */
  readonly messages: readonly Message[];
  /** There are older ones: `before: from`. */
  readonly more: boolean;
  /** There are newer ones: `after: to`. */
  readonly newer: boolean;
  /** First and last number that the page covers; absent when it is empty. */
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** A value that changes: `get` returns the same object until it does. Fits useSyncExternalStore. */
export interface Observable<Value> {
  readonly get: () => Value;
  readonly subscribe: (listener: () => void) => Unsubscribe;
}

export type Unsubscribe = () => void;

/** Why there is no connection, or why there will be none. */
export type ConnectionReason =
  | "connect-failed"
  | "connect-timeout"
  | "heartbeat-missed"
  | "server-closed"
  | "token-failed"
  | "unauthenticated"
  | "forbidden"
  | "replaced"
  | "revoked"
  | "outdated"
  | "other-user"
  | "closed";

export type ConnectionState =
  | { readonly kind: "idle" }
  | { readonly kind: "connecting"; readonly attempt: number }
  | { readonly kind: "authenticating" }
  /** Catching up: `have` of `want` entries are here. */
  | { readonly kind: "syncing"; readonly have: number; readonly want: number }
  | { readonly kind: "live" }
  /** Tries again at `retryAt`, ms since 1970; `reconnect()` does it now. */
  | {
      readonly kind: "backoff";
      readonly retryAt: number;
      readonly reason: ConnectionReason;
      readonly attempt: number;
    }
  | { readonly kind: "offline" }
  /** Given up on purpose while nobody looks; comes back by itself when the page is shown. */
  | { readonly kind: "hidden" }
  /** The token is refused: `reconnect()` after the app has a good one. */
  | { readonly kind: "needs-auth"; readonly reason: ConnectionReason }
  | { readonly kind: "closed"; readonly reason: ConnectionReason };

export interface Connection {
  readonly state: ConnectionState;
  /** For a person: stays true during the first 2 s of an interruption. */
  readonly online: boolean;
  /** Messages in the outbox that are not accepted yet. */
  readonly waiting: number;
  /** False in a tab whose connection another tab keeps. */
  readonly leader: boolean;
}

export interface ClientEvents extends PeopleEvents {
  /** A new message of a conversation, one's own from other devices included. */
  readonly message: { readonly type: "message"; readonly message: Message };
  /** An urgent one ahead of a backlog: for an alert now, as a message in its turn. */
  readonly urgent: { readonly type: "urgent"; readonly message: Message };
  readonly receipt: {
    readonly type: "receipt";
    readonly conversation: string;
    readonly user: string;
    readonly delivered: number;
    readonly read: number;
  };
  readonly connection: { readonly type: "connection"; readonly connection: Connection };
  readonly sync:
    | { readonly type: "sync"; readonly kind: "started"; readonly missed: number }
    | { readonly type: "sync"; readonly kind: "done" }
    /** Away for longer than the server keeps: what lies between comes by `history` only. */
    | { readonly type: "sync"; readonly kind: "reset" };
  readonly conversation: { readonly type: "conversation"; readonly conversation: Conversation };
  /** The state of one of this device's messages changed. */
  readonly outbox: {
    readonly type: "outbox";
    readonly key: string;
    readonly id: string | undefined;
    readonly state: MessageState;
  };
  /** The local store failed: from now on messages live in memory only. */
  readonly degraded: { readonly type: "degraded"; readonly cause: unknown };
  readonly failed: {
    readonly type: "failed";
    readonly key: string;
    readonly id: string | undefined;
    readonly conversation: string;
    readonly content: Content;
    readonly failure: Failure;
  };
}

export type EventName = keyof ClientEvents;
export type ClientEvent = ClientEvents[EventName];

export interface Accepted {
  readonly id: string;
  /** Null while the conversation's home could not be reached: the promise holds all the same. */
  readonly number: number | null;
  readonly at: number;
}

/** One message on its way. All promises settle; unheard rejections are silent. */
export interface SendHandle {
  readonly key: string;
  /** Known as soon as `queued` has resolved; another one where `resend` could not keep it. */
  readonly id: string | undefined;
  readonly state: MessageState;
  /** Called at each change of `state`. */
  onState(listener: (state: MessageState) => void): Unsubscribe;
  /** In the local store, from where it is sent whatever happens to this process. Gives the id. */
  readonly queued: Promise<string>;
  /** Promised by the server. Rejects with a HoldfastError when refused, dropped or expired. */
  readonly accepted: Promise<Accepted>;
  /** Stored on a device of the recipient. */
  readonly delivered: Promise<void>;
}

export interface SendOptions {
  /** Default `normal`. */
  readonly priority?: Priority;
  /** Not accepted within this time: `failed`, with the same id on resend. Default: off. */
  readonly failAfterMs?: number;
  /** Not accepted after so many attempts: `failed`. Default: off. */
  readonly maxAttempts?: number;
  /**
   * `queued` waits for the disk, so that even a power cut loses nothing; slower. Default: as the
   * store was opened, which for a browser's own means that a power cut may take some seconds.
   */
  readonly durable?: boolean;
  /** It was made from the conversation's draft, which ends with it on all devices. Default: no. */
  readonly fromDraft?: boolean;
}
