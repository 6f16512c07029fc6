/**
 * What a conversation's log and a user's timeline may hold. One shape for all: an entry has a `seq`
 * in the timeline of the user who reads it; an entry that also belongs to a conversation's log has
 * a `number` there and the `id` of its origin.
 */
import * as v from "valibot";
import { expiredBodySchema, ttlContentSchema } from "./expiry.ts";
import { groupBodySchemas, groupContentSchemas } from "./groups.ts";
import { conversationIdSchema, messageIdSchema, userIdSchema } from "./ids.ts";
import { LIMITS, utf8Bytes } from "./limits.ts";
import { mediaContentSchemas, relationFields } from "./media.ts";
import { peopleBodySchemas } from "./people.ts";
import { personalBodySchemas } from "./personal.ts";

export { isCountable } from "./kinds.ts";

export const numberSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const timeSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

function boundedText(bytes: number) {
  return v.pipe(
    v.string(),
    v.nonEmpty("not-empty"),
    v.check((text) => utf8Bytes(text) <= bytes, `max-bytes:${bytes}`),
  );
}

export const textSchema = boundedText(LIMITS.textBytes);

export const textContentSchema = v.strictObject({
  kind: v.literal("text"),
  text: textSchema,
  ...relationFields,
  /** Who is meant: in a group they are told even where they have muted it. */
  mentions: v.optional(v.pipe(v.array(userIdSchema), v.maxLength(LIMITS.mentions))),
  everyone: v.optional(v.boolean()),
});

/** Content of the app's own kind; kept and passed on as it is. */
export const customContentSchema = v.strictObject({
  kind: v.literal("custom"),
  type: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9.-]{0,63}$/, "custom-type")),
  data: boundedText(LIMITS.customBytes),
  ...relationFields,
});

export const editContentSchema = v.strictObject({
  kind: v.literal("edit"),
  target: numberSchema,
  /** In place of the text, or of a file's caption, which an empty one takes away. */
  text: v.pipe(
    v.string(),
    v.check((text) => utf8Bytes(text) <= LIMITS.textBytes, `max-bytes:${LIMITS.textBytes}`),
  ),
});

export const recallContentSchema = v.strictObject({
  kind: v.literal("recall"),
  target: numberSchema,
});

export const reactionContentSchema = v.strictObject({
  kind: v.literal("reaction"),
  target: numberSchema,
  emoji: boundedText(LIMITS.emojiBytes),
  on: v.boolean(),
});

/** What a person may put into a conversation. */
export const contentSchema = v.pipe(
  v.variant("kind", [
    textContentSchema,
    customContentSchema,
    ...mediaContentSchemas,
    editContentSchema,
    recallContentSchema,
    reactionContentSchema,
    ttlContentSchema,
    ...groupContentSchemas,
  ]),
  // JSON writes some characters with six: an entry must fit into a frame whatever it holds.
  v.check(
    (content) => utf8Bytes(JSON.stringify(content)) <= LIMITS.contentBytes,
    `max-json-bytes:${LIMITS.contentBytes}`,
  ),
);
export type Content = v.InferOutput<typeof contentSchema>;

/** How a recall stands in a log; `author` wrote the message, where that is somebody else. */
export const recallBodySchema = v.strictObject({
  ...recallContentSchema.entries,
  author: v.optional(userIdSchema),
});

/** Stands in the place of what was recalled; its own content is nowhere any more. */
export const recalledBodySchema = v.strictObject({
  kind: v.literal("recalled"),
  by: userIdSchema,
});

/** Stands in the place of what this reader may not see, so that every count stays true. */
export const withheldBodySchema = v.strictObject({ kind: v.literal("withheld") });

/** Stands, for one device, in the place of an entry that it refused again and again. */
export const placeholderBodySchema = v.strictObject({
  kind: v.literal("placeholder"),
  reason: v.string(),
});

/**
 * This user has read up to `number`; comes from one of the user's own devices. `unread` counts what
 * lies beyond, as of this entry: a device may not have all of it. With `head` it is the group's word,
 * as of the entry of its log with that number, and may come for a mark that is known already.
 */
export const readBodySchema = v.strictObject({
  kind: v.literal("read"),
  number: numberSchema,
  unread: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  head: v.optional(numberSchema),
});

/** Spans of numbers that a delivered mark does not speak of; `Marks` says more. */
export const exceptSchema = v.optional(
  v.pipe(
    v.array(v.pipe(v.tuple([numberSchema, numberSchema]), v.readonly())),
    v.maxLength(LIMITS.exceptSpans),
    v.readonly(),
  ),
);

/** How far `user` has it: `delivered` on a device, `read` by the person. Both only grow. */
export const receiptBodySchema = v.strictObject({
  kind: v.literal("receipt"),
  user: userIdSchema,
  delivered: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  read: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  except: exceptSchema,
});

/**
 * A message of this user that had been accepted and was given up. With a `number` it stands in the
 * log all the same: should the other side come back, it gets there, and its receipt says so.
 */
export const failedBodySchema = v.strictObject({
  kind: v.literal("failed"),
  code: v.string(),
  number: v.optional(numberSchema),
  content: contentSchema,
});

export const bodySchema = v.variant("kind", [
  textContentSchema,
  customContentSchema,
  ...mediaContentSchemas,
  editContentSchema,
  recallBodySchema,
  reactionContentSchema,
  recalledBodySchema,
  expiredBodySchema,
  withheldBodySchema,
  placeholderBodySchema,
  ttlContentSchema,
  readBodySchema,
  receiptBodySchema,
  failedBodySchema,
  ...groupContentSchemas,
  ...groupBodySchemas,
  ...personalBodySchemas,
  ...peopleBodySchemas,
]);
export type Body = v.InferOutput<typeof bodySchema>;

export const prioritySchema = v.picklist(["normal", "urgent", "bulk"]);
export type Priority = v.InferOutput<typeof prioritySchema>;

/**
 * What later entries have made of a message: the newest edit's number, and who reacted how. And when
 * it expires, server time in ms, which its home said at its acceptance.
 */
export const changesSchema = v.strictObject({
  expiresAt: v.optional(timeSchema),
  edited: v.optional(numberSchema),
  reactions: v.optional(v.record(v.string(), v.array(userIdSchema))),
});
export type Changes = v.InferOutput<typeof changesSchema>;

export const entrySchema = v.strictObject({
  seq: numberSchema,
  conversation: conversationIdSchema,
  /** Place in the conversation's log; absent for what belongs to this user alone. */
  number: v.optional(numberSchema),
  id: v.optional(messageIdSchema),
  /** Server time of acceptance, ms since 1970. */
  at: timeSchema,
  priority: v.optional(prioritySchema),
  body: bodySchema,
  changes: v.optional(changesSchema),
});
export type Entry = v.InferOutput<typeof entrySchema>;
