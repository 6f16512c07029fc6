/** What of the outbox is to be uploaded next, how it goes on, and what becomes of the message. */

import type { Content } from "../../protocol/entries.ts";
import type { StoredFile, UploadAnswer } from "../../protocol/files.ts";
import type { OutboxRow, PendingUpload } from "../store.ts";

/** Files that are sent at the same time, each of another conversation. */
const AT_ONCE = 2;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;

/** A row whose files are not all uploaded yet. */
export type UploadRow = OutboxRow & { readonly uploads: readonly PendingUpload[] };

export interface UploadPlan {
  readonly start: readonly UploadRow[];
  /** When one that is held back goes on, though nothing else happens. */
  readonly nextAt: number | undefined;
}

export function isUpload(row: OutboxRow): row is UploadRow {
  return row.uploads !== undefined && row.status.kind === "waiting";
}

/** `rows` by ascending counter: the first of each conversation comes first, and holds the others. */
export function planUploads(
  rows: Iterable<OutboxRow>,
  running: ReadonlySet<number>,
  heldUntil: ReadonlyMap<number, number>,
  now: number,
): UploadPlan {
  const seen = new Set<string>();
  const start: UploadRow[] = [];
  let nextAt: number | undefined;
  for (const row of rows) {
    if (!isUpload(row) || seen.has(row.conversation)) continue;
    seen.add(row.conversation);
    if (running.has(row.counter)) continue;
    const at = heldUntil.get(row.counter) ?? now;
    if (at > now) nextAt = Math.min(nextAt ?? at, at);
    else if (running.size + start.length < AT_ONCE) start.push(row);
  }
  return { start, nextAt };
}

/** Numbers of the parts that are still to be sent, ascending. */
export function missingParts(
  answer: Extract<UploadAnswer, { state: "open" }>,
  bytes: number,
): number[] {
  const count = Math.ceil(bytes / answer.partBytes);
  const have = new Set(answer.have);
  const all = Array.from({ length: count }, (_, index) => index + 1);
  return all.filter((number) => !have.has(number));
}

/** After so many attempts; `random` is from 0 to 1. */
export function uploadRetryMs(attempts: number, random: number): number {
  const cap = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1));
  return cap * (0.5 + random / 2);
}

export function totalBytes({ uploads }: UploadRow): number {
  return uploads.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Under which a tab keeps the bytes of a message's file. */
export function bytesKey(key: string, field: PendingUpload["field"]): string {
  return `${key}/${field}`;
}

/** The row as it can be sent, once the server has said what its files are. */
export function uploadedRow(
  row: UploadRow,
  stored: ReadonlyMap<PendingUpload["field"], StoredFile>,
): OutboxRow {
  const { uploads: _, ...rest } = row;
  return { ...rest, content: contentWith(row.content, stored) };
}

function contentWith(
  content: Content,
  stored: ReadonlyMap<PendingUpload["field"], StoredFile>,
): Content {
  const main = stored.get("file");
  if (content.kind !== "file" || main === undefined) return content;
  const { state: _, ...about } = main;
  const { thumbnail: __, ...rest } = content;
  const picture = stored.get("thumbnail");
  // What turned out to be no picture is left out.
  const isPicture = picture?.type.startsWith("image/") === true;
  return { ...rest, ...about, ...(isPicture ? { thumbnail: picture.file } : {}) };
}
