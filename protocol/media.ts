/**
 * What a message may be beside text: a file, a place, a person. The bytes of a file never travel in
 * a frame: they are uploaded before (PROTOCOL.md, "Files"), and the message names them.
 */
import * as v from "valibot";
import { messageIdSchema, userIdSchema } from "./ids.ts";
import { LIMITS, utf8Bytes } from "./limits.ts";

function boundedText(bytes: number) {
  return v.pipe(
    v.string(),
    v.nonEmpty("not-empty"),
    v.check((text) => utf8Bytes(text) <= bytes, `max-bytes:${bytes}`),
  );
}

function whole(min: number, max: number) {
  return v.pipe(v.number(), v.safeInteger(), v.minValue(min), v.maxValue(max));
}

function between(min: number, max: number) {
  return v.pipe(v.number(), v.minValue(min), v.maxValue(max));
}

const DAY_MS = 86_400_000;
const METRES = 100_000_000;
/** More would be no picture that anybody decodes. */
const PIXELS_PER_SIDE = 65_535;

/** What any message may say about another one. */
export const relationFields = {
  /** Quotes by reference, so that a recall reaches the quote too. */
  replyTo: v.optional(whole(1, Number.MAX_SAFE_INTEGER)),
  /** The message that this one repeats elsewhere; a message of its own all the same. */
  forwardOf: v.optional(messageIdSchema),
};

/** 128 bits that only the server can make: 22 characters of base64url. */
export const fileIdSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/, "file-id"));
/** SHA-256 of all bytes, in hexadecimal. */
export const fileHashSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "sha-256"));
export const fileBytesSchema = whole(1, Number.MAX_SAFE_INTEGER);

/** `file`, `type`, `bytes` and `hash` are what the upload was answered with. */
export const fileContentSchema = v.strictObject({
  kind: v.literal("file"),
  file: fileIdSchema,
  /** As its sender calls it; to be shown, never to be opened by. */
  name: boundedText(LIMITS.nameBytes),
  type: v.pipe(v.string(), v.regex(/^[a-z]+\/[a-z0-9.+-]{1,63}$/, "media-type")),
  bytes: fileBytesSchema,
  hash: fileHashSchema,
  /** As its sender found them, to make room before it is here. */
  width: v.optional(whole(1, PIXELS_PER_SIDE)),
  height: v.optional(whole(1, PIXELS_PER_SIDE)),
  durationMs: v.optional(whole(0, DAY_MS)),
  /** A small picture of it: another upload of the same sender. */
  thumbnail: v.optional(fileIdSchema),
  caption: v.optional(boundedText(LIMITS.textBytes)),
  ...relationFields,
});
export type FileContent = v.InferOutput<typeof fileContentSchema>;

/** Degrees of WGS 84. */
export const locationContentSchema = v.strictObject({
  kind: v.literal("location"),
  latitude: between(-90, 90),
  longitude: between(-180, 180),
  /** Radius within which it is true, in metres. */
  accuracyM: v.optional(between(0, METRES)),
  label: v.optional(boundedText(LIMITS.nameBytes)),
  ...relationFields,
});

export const contactContentSchema = v.strictObject({
  kind: v.literal("contact"),
  user: userIdSchema,
  name: v.optional(boundedText(LIMITS.nameBytes)),
  ...relationFields,
});

/** What counts as a message beside text and the app's own kinds. */
export const mediaContentSchemas = [
  fileContentSchema,
  locationContentSchema,
  contactContentSchema,
] as const;
