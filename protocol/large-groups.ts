/**
 * Large groups: the group's log is the only copy. Whose device is there gets entries passed through,
 * and every device follows the log for itself: it has a cursor of its own per group, takes what
 * continues it, and fetches what it lacks by `GET /v1/groups/:id/log`.
 */
import * as v from "valibot";
import { entrySchema, numberSchema } from "./entries.ts";
import { conversationIdSchema, messageIdSchema } from "./ids.ts";

const countSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const { seq: _, conversation: __, ...logged } = entrySchema.entries;

/** An entry of the group's log: it stands in nobody's timeline, so it has no seq. */
const loggedEntrySchema = v.strictObject({ ...logged, number: numberSchema, id: messageIdSchema });
export type LoggedEntry = v.InferOutput<typeof loggedEntrySchema>;

/** This device has stored the group's log up to `number`. */
const haveSchema = v.strictObject({
  t: v.literal("have"),
  conversation: conversationIdSchema,
  number: numberSchema,
});

/** A run of the group's log, passed through: nothing says that the one before has come. */
const logSchema = v.object({
  t: v.literal("log"),
  conversation: conversationIdSchema,
  from: numberSchema,
  to: numberSchema,
  entries: v.array(loggedEntrySchema),
});

/** After hello: how far the group's log is, and messages beyond `read`, the user's mark, at most 1,000. */
const headSchema = v.object({
  t: v.literal("head"),
  conversation: conversationIdSchema,
  number: countSchema,
  unread: countSchema,
  read: v.optional(countSchema),
});

export const largeGroupClientFrames = [haveSchema] as const;
export const largeGroupServerFrames = [logSchema, headSchema] as const;
