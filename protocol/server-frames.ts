/**
 * What the server sends. A client ignores fields that it does not know and frames whose `t` it does
 * not know; it never guesses about the ones it knows.
 */
import * as v from "valibot";
import { entrySchema, exceptSchema, numberSchema } from "./entries.ts";
import { ERRORS, type ErrorCode } from "./errors.ts";
import { membershipBodySchema } from "./groups.ts";
import { conversationIdSchema, counterSchema, userIdSchema } from "./ids.ts";
import { largeGroupServerFrames } from "./large-groups.ts";
import { peopleStateFields } from "./people.ts";
import { arrangementBodySchema, draftBodySchema, foldersSchema } from "./personal.ts";
import { presenceServerFrames } from "./presence.ts";

const countSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const errorCodes = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

const errorSchema = v.object({
  code: v.picklist(errorCodes),
  field: v.optional(v.string()),
  rule: v.optional(v.string()),
  have: v.optional(countSchema),
  retryAfterMs: v.optional(countSchema),
});

/** Answer to hello. What the device missed follows by itself as `entries` frames. */
export const welcomeSchema = v.object({
  t: v.literal("welcome"),
  version: v.number(),
  user: userIdSchema,
  device: v.string(),
  session: v.string(),
  serverTime: v.number(),
  /** The newest seq of this user's timeline, and the oldest that a device may resume from. */
  head: countSchema,
  floor: countSchema,
  /** Where the feed goes on: hello's cursor, or `head` after a reset. */
  cursor: countSchema,
  /** The cursor was beyond retention: a `snapshot` follows, what lies between is not fed. */
  reset: v.boolean(),
  /** The device's last counter that was accepted, over all conversations: never go below it. */
  counter: countSchema,
  /** When this session must have been renewed, ms since 1970. */
  expiresAt: v.number(),
  /** Opens the next socket without a token. */
  ticket: v.string(),
  /** A name for the network that the device is in, to learn heartbeats by; says nothing else. */
  network: v.optional(v.string()),
  ackDelayMs: countSchema,
  ackMaxMs: countSchema,
});

/**
 * A contiguous run of the timeline: `count` entries with the seqs `from` to `to`. `caughtUp` says
 * that nothing newer exists at this moment. `urgent` alone may lie beyond a gap: it is kept aside.
 */
export const entriesSchema = v.object({
  t: v.literal("entries"),
  route: v.picklist(["live", "retry", "catch-up", "urgent"]),
  from: numberSchema,
  to: numberSchema,
  count: countSchema,
  entries: v.array(entrySchema),
  caughtUp: v.boolean(),
});
export type Route = v.InferOutput<typeof entriesSchema>["route"];

export const submitResultSchema = v.object({
  conversation: conversationIdSchema,
  counter: counterSchema,
  /** Place in the log; null while the conversation's home could not be reached. */
  number: v.optional(v.nullable(numberSchema)),
  at: v.optional(v.number()),
  error: v.optional(errorSchema),
});
export type SubmitResult = v.InferOutput<typeof submitResultSchema>;

/** Answers to submitted messages; one without `error` is a promise (rule R1). */
export const acceptedSchema = v.object({
  t: v.literal("accepted"),
  results: v.array(submitResultSchema),
});

/** A hint of how far `user` has a conversation; the durable word is the `receipt` entry. */
export const marksSchema = v.object({
  t: v.literal("marks"),
  conversation: conversationIdSchema,
  user: userIdSchema,
  delivered: countSchema,
  read: countSchema,
  except: exceptSchema,
  /** How far the user's object has it; absent where that is not news. */
  routed: v.optional(countSchema),
});

/** A hint: how many of the `of` other members of a group have this user's message `number`. */
export const totalsSchema = v.object({
  t: v.literal("totals"),
  conversation: conversationIdSchema,
  number: numberSchema,
  delivered: countSchema,
  read: countSchema,
  of: countSchema,
});

export const historyPageSchema = v.object({
  t: v.literal("history"),
  ref: v.string(),
  conversation: conversationIdSchema,
  /** Newest first, contiguous numbers. */
  entries: v.array(entrySchema),
  /** There are older ones. */
  more: v.boolean(),
  /** There are newer ones; absent from servers of before. */
  newer: v.optional(v.boolean()),
});

export const conversationStateSchema = v.object({
  conversation: conversationIdSchema,
  /** Newest number of the log, and seq of the newest entry. */
  head: countSchema,
  headSeq: countSchema,
  at: v.number(),
  unread: countSchema,
  read: countSchema,
  peer: v.object({ delivered: countSchema, read: countSchema, except: exceptSchema }),
  last: v.optional(entrySchema),
  /** Messages that are written now live for so many seconds; absent: as long as the conversation. */
  ttlSeconds: v.optional(countSchema),
  /** In a group: one's own place in it. */
  membership: v.optional(membershipBodySchema),
  /** What this user keeps about it; absent where that was never said. */
  arrangement: v.optional(arrangementBodySchema),
  draft: v.optional(draftBodySchema),
  /** The user's folders: in the state of the notes alone. */
  folders: v.optional(foldersSchema),
  /** Numbers of unread messages that mention this user. */
  mentions: v.optional(v.array(numberSchema)),
  ...peopleStateFields,
});
export type ConversationState = v.InferOutput<typeof conversationStateSchema>;

/** The current state of all conversations as of `asOf`; entries after `asOf` follow in the feed. */
export const snapshotSchema = v.object({
  t: v.literal("snapshot"),
  ref: v.optional(v.string()),
  asOf: countSchema,
  conversations: v.array(conversationStateSchema),
  /** Ask for the page after this conversation. */
  next: v.optional(conversationIdSchema),
});

export const renewedSchema = v.object({
  t: v.literal("renewed"),
  ref: v.string(),
  expiresAt: v.number(),
  ticket: v.string(),
});

/** What this user's device asked for by `ref` is in rows; entries tell all devices what changed. */
export const doneSchema = v.object({ t: v.literal("done"), ref: v.string() });

/** A frame was refused; `ref` and `of` say which. Nothing of it was stored. */
export const errorFrameSchema = v.object({
  t: v.literal("error"),
  of: v.optional(v.string()),
  ref: v.optional(v.string()),
  error: errorSchema,
});

export const serverFrameSchema = v.variant("t", [
  welcomeSchema,
  entriesSchema,
  acceptedSchema,
  marksSchema,
  totalsSchema,
  historyPageSchema,
  snapshotSchema,
  renewedSchema,
  doneSchema,
  ...presenceServerFrames,
  ...largeGroupServerFrames,
  errorFrameSchema,
]);
export type ServerFrame = v.InferOutput<typeof serverFrameSchema>;
export type Welcome = v.InferOutput<typeof welcomeSchema>;
export type EntriesFrame = v.InferOutput<typeof entriesSchema>;
