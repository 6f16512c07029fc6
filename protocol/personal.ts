/**
 * What a user keeps about conversations for themself: how they are arranged, in which folders, and
 * what was begun and not sent. Entries of that user's timeline alone, the newest of a kind counts.
 */
import * as v from "valibot";
import { deviceIdSchema } from "./ids.ts";
import { LIMITS, utf8Bytes } from "./limits.ts";

function boundedText(bytes: number) {
  return v.pipe(
    v.string(),
    v.check((text) => utf8Bytes(text) <= bytes, `max-bytes:${bytes}`),
  );
}

const timeSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const numberSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** Made by the client. */
export const folderIdSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,32}$/, "folder-id"));
const folderIdsSchema = v.pipe(v.array(folderIdSchema), v.maxLength(LIMITS.folders));

const folderSchema = v.strictObject({
  id: folderIdSchema,
  name: v.pipe(boundedText(LIMITS.nameBytes), v.nonEmpty("not-empty")),
});
export type Folder = v.InferOutput<typeof folderSchema>;

/** The user's folders in their order. One that is no more may still be named by conversations. */
export const foldersSchema = v.pipe(
  v.array(folderSchema),
  v.maxLength(LIMITS.folders),
  v.check((all) => new Set(all.map(({ id }) => id)).size === all.length, "distinct-ids"),
);

/** What is to be different; the rest stays as it is. */
export const arrangementChangeSchema = v.strictObject({
  pinned: v.optional(v.boolean()),
  /** Ms since 1970; null: not muted any more. */
  mutedUntil: v.optional(v.nullable(timeSchema)),
  archived: v.optional(v.boolean()),
  folders: v.optional(folderIdsSchema),
  /** Taken back by the next read mark too. */
  markedUnread: v.optional(v.boolean()),
});
export type ArrangementChange = v.InferOutput<typeof arrangementChangeSchema>;

/** How a conversation is arranged now: all of it. */
export const arrangementBodySchema = v.strictObject({
  kind: v.literal("arrangement"),
  pinned: v.boolean(),
  mutedUntil: v.optional(timeSchema),
  archived: v.boolean(),
  folders: folderIdsSchema,
  markedUnread: v.boolean(),
});
export type Arrangement = Omit<v.InferOutput<typeof arrangementBodySchema>, "kind">;

/** Stands in the user's notes (`direct:me,me`), for it is about all conversations. */
export const foldersBodySchema = v.strictObject({
  kind: v.literal("folders"),
  folders: foldersSchema,
});

/** Text of a draft; empty: there is none any more. */
export const draftTextSchema = boundedText(LIMITS.textBytes);

/** What was begun in a conversation. Versions grow by one, deletions and sends included. */
export const draftBodySchema = v.strictObject({
  kind: v.literal("draft"),
  version: numberSchema,
  /** Who wrote this version. */
  device: deviceIdSchema,
  text: draftTextSchema,
  replyTo: v.optional(numberSchema),
});
export type Draft = Omit<v.InferOutput<typeof draftBodySchema>, "kind">;

export const personalBodySchemas = [
  arrangementBodySchema,
  foldersBodySchema,
  draftBodySchema,
] as const;
