/** What is said over HTTP about uploads; the bytes themselves are the bodies of the parts. */
import * as v from "valibot";
import { conversationIdSchema } from "./ids.ts";
import { fileBytesSchema, fileHashSchema, fileIdSchema } from "./media.ts";

/** `POST /v1/files`. Asking again for the same bytes goes on with the same upload. */
export const uploadSchema = v.strictObject({ bytes: fileBytesSchema, hash: fileHashSchema });

/** `POST /v1/files/copies`: a file of a message, to be had as one's own, e.g. to forward it. */
export const fileCopySchema = v.strictObject({
  conversation: conversationIdSchema,
  number: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  file: fileIdSchema,
});
export type MessageFile = v.InferOutput<typeof fileCopySchema>;

/** The bytes are here: what a message may say about them. */
export interface StoredFile {
  readonly state: "stored";
  readonly file: string;
  /** Decided by the bytes; `application/octet-stream` for whatever is not surely something else. */
  readonly type: string;
  readonly bytes: number;
  readonly hash: string;
}

/** Parts are still missing: all but the last have `partBytes` bytes, and they count from 1. */
export interface OpenUpload {
  readonly state: "open";
  readonly file: string;
  readonly partBytes: number;
  /** Parts that are here, ascending. */
  readonly have: readonly number[];
}

/** Answer to beginning an upload, to each part, and to `finish`. */
export type UploadAnswer = OpenUpload | StoredFile;

/** How many parts `bytes` take. */
export function partCount(bytes: number, partBytes: number): number {
  return Math.ceil(bytes / partBytes);
}

/** Bytes of part `number`, which counts from 1; 0 where there is no such part. */
export function partLength(number: number, bytes: number, partBytes: number): number {
  const from = (number - 1) * partBytes;
  return number < 1 ? 0 : Math.max(0, Math.min(partBytes, bytes - from));
}
