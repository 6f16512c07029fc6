/**
 * What users decide about each other: whom they keep out, and whose first words they take. Entries
 * of that user's timeline alone.
 */
import * as v from "valibot";
import { conversationIdSchema, userIdSchema } from "./ids.ts";

const refSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

/** Stands in the user's notes (`direct:me,me`), for it is about no conversation alone. */
export const blockedBodySchema = v.strictObject({
  kind: v.literal("blocked"),
  user: userIdSchema,
  on: v.boolean(),
});

const requestStateSchema = v.picklist(["pending", "accepted", "declined"]);
export type RequestState = v.InferOutput<typeof requestStateSchema>;

/** What became of the first words of a stranger: a conversation without it needs no answer. */
export const requestBodySchema = v.strictObject({
  kind: v.literal("request"),
  state: requestStateSchema,
});

/** The other user of this conversation has deleted their account: it can only be read. */
export const goneBodySchema = v.strictObject({ kind: v.literal("gone"), user: userIdSchema });

export const peopleBodySchemas = [blockedBodySchema, requestBodySchema, goneBodySchema] as const;

/** Keeps `user` out of one's direct conversation, or lets them in again; answered by `done`. */
export const blockSchema = v.strictObject({
  t: v.literal("block"),
  ref: refSchema,
  user: userIdSchema,
  on: v.boolean(),
});

/** Takes a stranger's words, or not; answered by `done`. */
export const answerRequestSchema = v.strictObject({
  t: v.literal("answer-request"),
  ref: refSchema,
  conversation: conversationIdSchema,
  accept: v.boolean(),
});

export const peopleClientFrames = [blockSchema, answerRequestSchema] as const;

/** What a conversation's state says about the people in it; absent where nothing was ever said. */
export const peopleStateFields = {
  /** Of this user's notes alone: whom this user keeps out. */
  blocked: v.optional(v.array(userIdSchema)),
  request: v.optional(requestStateSchema),
  /** The other user's account is deleted. */
  gone: v.optional(v.boolean()),
};
