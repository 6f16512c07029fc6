/** What a device sends. Every frame is one JSON object of at most 64 KiB whose `t` names its kind. */
import * as v from "valibot";
import { contentSchema, numberSchema, prioritySchema } from "./entries.ts";
import { isOnePlace, ONE_PLACE } from "./history.ts";
import { conversationIdSchema, counterSchema } from "./ids.ts";
import { largeGroupClientFrames } from "./large-groups.ts";
import { LIMITS, utf8Bytes } from "./limits.ts";
import { peopleClientFrames } from "./people.ts";
import { arrangementChangeSchema, draftTextSchema, foldersSchema } from "./personal.ts";
import { presenceClientFrames } from "./presence.ts";

const cursorSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const refSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const shortText = v.pipe(
  v.string(),
  v.check((text) => utf8Bytes(text) <= LIMITS.nameBytes, `max-bytes:${LIMITS.nameBytes}`),
);
const durationSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(86_400_000));

/** Why this connection was made: the client's own finding, for the operator's statistics. */
export const connectCauseSchema = v.picklist([
  "first",
  "heartbeat-missed",
  "request-timeout",
  "network-change",
  "network-lost",
  "resume",
  "server-closed",
  "token",
  "replaced",
  "unknown",
]);
export type ConnectCause = v.InferOutput<typeof connectCauseSchema>;

/** First frame of a socket. `cursor` null: this device has nothing and starts from the current state. */
export const helloSchema = v.strictObject({
  t: v.literal("hello"),
  version: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** End of the contiguous prefix that the device has stored and handled; counts as an ack. */
  cursor: v.nullable(cursorSchema),
  /** `ack`: this client acks. Others are pushed to without retries. */
  capabilities: v.pipe(v.array(shortText), v.maxLength(16)),
  app: v.strictObject({ name: shortText, version: shortText, platform: shortText }),
  heartbeatMs: durationSchema,
  cause: connectCauseSchema,
  /** Raised by each leading tab of a device: a lower one than the last is refused with 4409. */
  epoch: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
});

/** One message. `prev` is the counter of this device's message before it in this conversation, or 0. */
export const submitItemSchema = v.strictObject({
  conversation: conversationIdSchema,
  counter: counterSchema,
  prev: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  priority: v.optional(prioritySchema),
  /** Newest version of the conversation's draft that this message was made from: it ends with it. */
  draft: v.optional(cursorSchema),
  body: contentSchema,
});
export type SubmitItem = v.InferOutput<typeof submitItemSchema>;

/** Several messages, each judged and answered for itself, in order, in one `accepted` frame or more. */
export const submitSchema = v.strictObject({
  t: v.literal("submit"),
  items: v.pipe(v.array(submitItemSchema), v.minLength(1), v.maxLength(LIMITS.submitItems)),
});

/** Everything up to `seq` is stored and handled; `aside` lists entries kept beyond a gap. */
export const ackSchema = v.strictObject({
  t: v.literal("ack"),
  seq: cursorSchema,
  aside: v.optional(v.pipe(v.array(numberSchema), v.maxLength(LIMITS.asideEntries))),
});

/** The device can't take the entry at `seq`; it will be offered again. */
export const nackSchema = v.strictObject({
  t: v.literal("nack"),
  seq: numberSchema,
  reason: shortText,
});

/** "I have a contiguous run up to `cursor`, feed me from there": rewinds the feed, never a mark. */
export const syncSchema = v.strictObject({ t: v.literal("sync"), cursor: cursorSchema });

/** This person has read the conversation up to `number`. */
export const readSchema = v.strictObject({
  t: v.literal("read"),
  conversation: conversationIdSchema,
  number: numberSchema,
});

/**
 * A page of a conversation's log, newest first: the entries before, after or around a number, or the
 * newest. Around a number it may be found anywhere in the page.
 */
export const historySchema = v.pipe(
  v.strictObject({
    t: v.literal("history"),
    ref: refSchema,
    conversation: conversationIdSchema,
    before: v.optional(numberSchema),
    after: v.optional(cursorSchema),
    around: v.optional(numberSchema),
    limit: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(LIMITS.historyEntries)),
  }),
  v.check((places) => isOnePlace(places), ONE_PLACE),
);

/** The next page of the starting state, after a `reset` that said there is more. */
export const snapshotRequestSchema = v.strictObject({
  t: v.literal("snapshot"),
  ref: refSchema,
  /** The last conversation of the page before; absent for the first page. */
  after: v.optional(conversationIdSchema),
});

/** Arranges a conversation for this user; answered by `done`, and by an entry where it changes. */
export const arrangeSchema = v.strictObject({
  t: v.literal("arrange"),
  ref: refSchema,
  conversation: conversationIdSchema,
  change: arrangementChangeSchema,
});

/** The user's folders, all of them, in their order. */
export const foldersFrameSchema = v.strictObject({
  t: v.literal("folders"),
  ref: refSchema,
  folders: foldersSchema,
});

/**
 * What was begun in a conversation, in the place of the version `base` (0: there was none yet); any
 * other one there is a `conflict`. An empty text deletes it.
 */
export const draftSchema = v.strictObject({
  t: v.literal("draft"),
  ref: refSchema,
  conversation: conversationIdSchema,
  base: cursorSchema,
  text: draftTextSchema,
  replyTo: v.optional(numberSchema),
});

/** Offer a poisoned entry once more. */
export const retryEntrySchema = v.strictObject({
  t: v.literal("retry-entry"),
  seq: numberSchema,
});

/** A fresh token for the running session. */
export const renewSchema = v.strictObject({
  t: v.literal("renew"),
  ref: refSchema,
  token: v.pipe(v.string(), v.maxLength(8_192)),
});

/** The client's new heartbeat interval, e.g. when its page is hidden. */
export const paceSchema = v.strictObject({ t: v.literal("pace"), heartbeatMs: durationSchema });

export const clientFrameSchema = v.variant("t", [
  helloSchema,
  submitSchema,
  ackSchema,
  nackSchema,
  syncSchema,
  readSchema,
  historySchema,
  snapshotRequestSchema,
  arrangeSchema,
  foldersFrameSchema,
  draftSchema,
  retryEntrySchema,
  renewSchema,
  paceSchema,
  ...peopleClientFrames,
  ...presenceClientFrames,
  ...largeGroupClientFrames,
]);
export type ClientFrame = v.InferOutput<typeof clientFrameSchema>;
export type Hello = v.InferOutput<typeof helloSchema>;
