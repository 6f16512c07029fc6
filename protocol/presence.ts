/**
 * Who is there, and who types. Told in passing to those who look, and never stored: any of it may
 * be lost, and is out of date as soon as it is said.
 */
import * as v from "valibot";
import { conversationIdSchema, parseConversation, userIdSchema } from "./ids.ts";
import { LIMITS } from "./limits.ts";

const groupIdSchema = v.pipe(
  v.string(),
  v.check((id) => parseConversation(id)?.kind === "group", "group-id"),
);

/**
 * Told to those devices of the other side that watch this user, or of a group's members that look at
 * the group, and to nobody else.
 */
export const typingSchema = v.strictObject({
  t: v.literal("typing"),
  conversation: conversationIdSchema,
  on: v.boolean(),
});

/**
 * Whom this device looks at now, all of them; an empty list ends it. Good for `TIMING.watchMs`:
 * who looks on says so again. `groups`: the groups of which it wants to know who types.
 */
export const watchSchema = v.strictObject({
  t: v.literal("watch"),
  users: v.pipe(v.array(userIdSchema), v.maxLength(LIMITS.watchedUsers)),
  groups: v.optional(v.pipe(v.array(groupIdSchema), v.maxLength(LIMITS.watchedGroups))),
});

export const presenceClientFrames = [typingSchema, watchSchema] as const;

const presenceSchema = v.object({
  user: userIdSchema,
  online: v.boolean(),
  /** When a device of theirs was last there, ms since 1970; absent where nobody is to know. */
  lastSeenAt: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
});
export type Presence = v.InferOutput<typeof presenceSchema>;

/** How it is now with some of the watched users. */
export const presenceFrameSchema = v.object({
  t: v.literal("presence"),
  users: v.array(presenceSchema),
});

/** `user` types, or has stopped; it ends by itself `TIMING.typingMs` after it was last said. */
export const typingHintSchema = v.object({
  t: v.literal("typing"),
  conversation: conversationIdSchema,
  user: userIdSchema,
  on: v.boolean(),
});

export const presenceServerFrames = [presenceFrameSchema, typingHintSchema] as const;

/** What a user's object says in passing to another's, or to a group's; `from` is a user. */
export type Hint =
  /** `from` looks at the called user, or the called group, for `TIMING.watchMs`. */
  | { readonly kind: "watch"; readonly from: string }
  | { readonly kind: "presence"; readonly from: string; readonly presence: Presence }
  | {
      readonly kind: "typing";
      readonly from: string;
      readonly conversation: string;
      readonly on: boolean;
      /** To a group: a device of `from` looks at it, too. */
      readonly looks?: boolean;
    };

/** A group has nothing to say to a hint. */
export interface HintReply {
  /** To `watch`: how it is now with the called user. */
  readonly presence?: Presence;
  /** To the others: whether a device of the called user still looks. */
  readonly looking?: boolean;
}
