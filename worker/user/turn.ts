import type { CloseName } from "../../protocol/close-codes.ts";
import type { Priority } from "../../protocol/entries.ts";
import type { ErrorCode, ProtocolError } from "../../protocol/errors.ts";
import type { Address, Append, HandOff, HandOffReply } from "../../protocol/hand-offs.ts";
import type { Marks } from "../../protocol/marks.ts";
import type { Preferences } from "../../protocol/preferences.ts";
import type { Hint, HintReply } from "../../protocol/presence.ts";
import type { ServerFrame, SubmitResult } from "../../protocol/server-frames.ts";
import type { Settings } from "../../protocol/settings.ts";
import type { Lane } from "../core/lane.ts";
import type { Bucket } from "../core/rate.ts";
import type { LiveSession, Session } from "../core/session.ts";
import { count, type StatsBatch } from "../core/stats.ts";
import type { SocketGrant } from "../requests.ts";
import type { Timeline } from "../timeline.ts";
import type { PendingAppend, UserStore } from "../user-store.ts";
import type { Standing } from "./account.ts";
import type { Asking } from "./asking.ts";

/** Everything that happens to a user's object. One event is one transaction, then its effects. */
export type UserEvent =
  | { readonly kind: "open"; readonly session: string; readonly grant: SocketGrant }
  | { readonly kind: "frame"; readonly session: string; readonly text: string }
  | { readonly kind: "binary"; readonly session: string }
  | ({ readonly kind: "renewed"; readonly session: string; readonly ref: string } & Renewal)
  /** `attached`: what the socket's attachment told, for after waking it is no longer listed. */
  | { readonly kind: "close"; readonly session: string; readonly attached?: Session }
  | { readonly kind: "alarm" }
  /** The bytes of these files are in the bucket no more. */
  | { readonly kind: "erased"; readonly files: readonly string[] }
  /** The time of a `look` is over. */
  | { readonly kind: "look" }
  | { readonly kind: "reply"; readonly from: Address; readonly outcome: CallOutcome }
  /** The user is known nowhere outside of this object. */
  | { readonly kind: "retired" }
  /** Another object has taken a hint. */
  | { readonly kind: "hinted"; readonly to: Address; readonly reply: HintReply };

/** What the shell found out about a token that came in by a `renew` frame. */
export type Renewal =
  | { readonly ok: true; readonly expiresAt: number; readonly ticket: string }
  | { readonly ok: false; readonly code: ErrorCode };

export type CallOutcome =
  | { readonly ok: true; readonly reply: HandOffReply }
  /** Nothing is known about what the other side did: it may have committed. */
  | { readonly ok: false };

/** What the shell does after the commit. Any of these may be lost: each is derived again from rows. */
export type Effect =
  | { readonly kind: "send"; readonly session: string; readonly text: string }
  | { readonly kind: "close"; readonly session: string; readonly name: CloseName }
  | { readonly kind: "attach"; readonly session: Session }
  | {
      readonly kind: "verify";
      readonly session: string;
      readonly ref: string;
      readonly token: string;
    }
  | { readonly kind: "call"; readonly to: Address; readonly call: HandOff }
  /** Said in passing to another object: one that is lost is not missed. */
  | { readonly kind: "hint"; readonly to: Address; readonly hint: Hint }
  /** The account ends: nothing outside of this object may know the user any more. */
  | { readonly kind: "retire" }
  /** Deletes all rows but the one that says that the user is gone. */
  | { readonly kind: "vanish" }
  | { readonly kind: "pong"; readonly head: number }
  /** Look at the sockets again in so many ms, in place of any earlier word; null: no need to. */
  | { readonly kind: "look"; readonly afterMs: number | null }
  | { readonly kind: "stats"; readonly batch: StatsBatch }
  | { readonly kind: "wake"; readonly collapseKey: string; readonly urgency: Priority }
  /** Ends in an `erased`, or is said again by a later sweep. */
  | { readonly kind: "erase"; readonly files: readonly Erasure[] };

/** Takes the bytes of a file out of the bucket, or only parts that it was put together from. */
export interface Erasure {
  readonly file: string;
  readonly bytes: number;
  readonly whole: boolean;
}

/** Clock, chance and settings of one turn: the engine has none of its own. */
export interface Moment {
  readonly now: number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly settings: Settings;
}

/** What outlives memory outside of the rows. */
export interface Host {
  /** Live sockets, as their attachments tell. */
  sessions(): Session[];
  /** The alarm that is set, or null. */
  alarmAt(): number | null;
  /** When the runtime last answered a heartbeat on this socket, or 0. */
  pingedAt(session: string): number;
}

/** A submitted message that waits for its conversation's home. */
export interface Waiting {
  readonly conversation: string;
  readonly append: Append;
  /** Who is to be told: the newest session that sent it. */
  session: string;
  /** It continues what this object knows: if the home can't be reached, it may be promised. */
  readonly coherent: boolean;
  /** What is said to its sender if the home has not numbered it before. */
  readonly refusal?: ProtocolError;
  /** The version of the conversation's draft that ends with its promise. */
  readonly draft?: number;
}

/** The way to one other object, with what is due there. */
export interface LaneState {
  lane: Lane;
  /** Conversations in which the other side may lack something. */
  readonly due: Set<string>;
  waiting: Waiting[];
  batch: Batch | null;
}

/** What the call under way carries. */
export interface Batch {
  readonly call: HandOff;
  readonly startedAt: number;
  readonly waiting: readonly Waiting[];
  readonly pending: readonly PendingAppend[];
}

/** What is known of the other side of a conversation. Memory only: asked again when in doubt. */
export interface Follower {
  /** How far its copy reaches. */
  have: number;
  /** False after a crash: `have` is only a lower bound. */
  sure: boolean;
  /** This user's marks that stand in rows over there. */
  told: Marks;
  /** This user's marks have moved beyond that. */
  owedMarks: boolean;
  /** The other side's marks as last heard; rows may be behind. */
  heard: Marks;
  /** Newest entry of the other side that a device of this user has. */
  delivered: number;
}

export interface UserMemory {
  readonly me: string;
  readonly timeline: Timeline;
  readonly sessions: Map<string, Session>;
  readonly lanes: Map<Address, LaneState>;
  readonly followers: Map<string, Follower>;
  pending: PendingAppend[];
  /** Ways that fail, as the row has them. */
  failing: ReadonlyMap<Address, Lane>;
  /** Highest seq that any device has acked. */
  deliveredSeq: number;
  /** What of that no device has (rule R17). */
  refused: readonly RefusedEntry[];
  /** The alarm that is set; null: none. */
  alarmAt: number | null;
  /** Since it woke, not all has been heard yet of what this memory is in doubt about. */
  isDoubting: boolean;
  /** When files are to be looked through; null: there are none that may have to go. */
  sweepAt: number | null;
  standing: Standing;
  /** By conversation: people who are asked whether they are there, and what waits for it. */
  readonly asking: Map<string, Asking>;
  /** Groups without a copy here. */
  readonly largeGroups: Set<string>;
  /** This user has signed in at least once. */
  known: boolean;
  /** What this user lets others do and know. */
  preferences: Preferences;
  /** Who looks at this user, and until when; the sockets' attachments carry it through sleep. */
  watchers: ReadonlyMap<string, number>;
  /** What was last passed on about typing, by conversation. */
  readonly typed: Map<string, { readonly on: boolean; readonly at: number }>;
  /** What those who look were last told. */
  toldOnline: boolean;
  /** When a session of this user last ended; 0 where that was before waking. */
  seenAt: number;
  /** What is left to ask the directory. */
  lookups: Bucket;
  /** Head that the heartbeat's answer shows. */
  pongHead: number;
  /** By device: what its link has shown to bear at a time; a crash takes it. */
  readonly rooms: Map<string, number>;
  /** Counted since they were last handed over, and when that was; a crash takes them. */
  stats: StatsBatch;
  statsSince: number;
  /** When the shell looks again at sockets without a hello; null: not at all. */
  lookAt: number | null;
}

/** A message that stands as a placeholder for every device that has come to it. */
export interface RefusedEntry {
  readonly seq: number;
  readonly conversation: string;
  readonly number: number;
}

/** One event in progress. */
export interface Turn extends Moment {
  readonly store: UserStore;
  readonly host: Host;
  readonly memory: UserMemory;
  readonly effects: Effect[];
  /** Answers to submits, gathered so that one frame carries them. */
  readonly results: Map<string, SubmitResult[]>;
  /** Sessions whose state has changed. */
  readonly changed: Set<string>;
}

export function send(turn: Turn, session: string, frame: ServerFrame): void {
  turn.effects.push({ kind: "send", session, text: JSON.stringify(frame) });
}

export function refuse(
  turn: Turn,
  session: string,
  code: ErrorCode,
  about: { of?: string; ref?: string; field?: string; rule?: string; retryAfterMs?: number } = {},
): void {
  const { of, ref, ...detail } = about;
  send(turn, session, {
    t: "error",
    ...(of === undefined ? {} : { of }),
    ...(ref === undefined ? {} : { ref }),
    error: { code, ...detail },
  });
}

export function answer(turn: Turn, session: string, result: SubmitResult): void {
  if (result.error !== undefined) count(turn.memory.stats, "refused", [result.error.code]);
  const known = turn.results.get(session);
  if (known === undefined) turn.results.set(session, [result]);
  else known.push(result);
}

/** Sessions that said hello and are still the device's own. */
export function liveSessions(turn: Turn): LiveSession[] {
  return [...turn.memory.sessions.values()].filter((session) => session.phase === "live");
}

export function liveSession(turn: Turn, id: string): LiveSession | undefined {
  const session = turn.memory.sessions.get(id);
  return session?.phase === "live" ? session : undefined;
}
