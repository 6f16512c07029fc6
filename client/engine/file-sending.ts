/** Making messages of files, and reading the files of messages. Loaded with the first of either. */
import type { Content } from "../../protocol/entries.ts";
import { LIMITS, utf8Bytes } from "../../protocol/limits.ts";
import type { FileContent } from "../../protocol/media.ts";
import { bytesKey } from "../core/upload.ts";
import { HoldfastError } from "../errors.ts";
import type { Bytes, FileMessage, SendFileOptions } from "../file-model.ts";
import type { FilePlatform, UploadStore } from "../files.ts";
import type { Message } from "../model.ts";
import type { OutboxDraft, PendingUpload } from "../store.ts";
import { FileCalls } from "./file-calls.ts";
import type { Desk } from "./filing.ts";
import type { Tokens } from "./tokens.ts";

const ANY_BYTES = "application/octet-stream";
/** What may be shown in place; everything else is given back as bytes of no type. */
const SHOWN = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "video/mp4"]);
const NO_HASH = "0".repeat(64);

type FileDraft = Pick<OutboxDraft, "content" | "uploads">;

export interface FileParts extends Desk {
  readonly tokens: Tokens;
}

export async function filesOf({ platform }: FileParts): Promise<FilePlatform> {
  const files = await platform.files?.();
  if (files === undefined) throw new HoldfastError("no-files");
  return files;
}

/** Keeps the bytes; what the outbox says of them until the server knows better. */
export async function keepFile(
  parts: FileParts,
  key: string,
  given: Bytes,
  options: SendFileOptions,
): Promise<FileDraft> {
  if (keptBytes(parts) + sizeOf(given) > LIMITS.outboxFileBytes) {
    throw new HoldfastError("outbox-full");
  }
  const store = (await filesOf(parts)).openUploads(parts.name);
  const uploads: PendingUpload[] = [];
  if (options.thumbnail !== undefined) {
    uploads.push(await keep(store, key, "thumbnail", options.thumbnail));
  }
  const main = await keep(store, key, "file", given);
  uploads.push(main);
  return { content: contentOf(given, main.bytes, options), uploads };
}

/** Of files that are not uploaded yet. */
function keptBytes({ book }: FileParts): number {
  const waiting = [...book.outbox.values()].flatMap(({ uploads = [] }) => uploads);
  return waiting.reduce((sum, { bytes }) => sum + bytes, 0);
}

function sizeOf(given: Bytes): number {
  return given instanceof Uint8Array ? given.byteLength : given.size;
}

async function keep(
  store: UploadStore,
  key: string,
  field: PendingUpload["field"],
  given: Bytes,
): Promise<PendingUpload> {
  const bytes = await bytesOf(given);
  if (bytes.byteLength === 0) {
    throw new HoldfastError("bad-field", { field: "bytes", rule: "min_value:1" });
  }
  await store.put(bytesKey(key, field), bytes);
  return { field, bytes: bytes.byteLength };
}

/** As they are now, whatever becomes of them. */
export async function bytesOf(given: Bytes): Promise<Uint8Array<ArrayBuffer>> {
  if (given instanceof Uint8Array) return given.slice();
  return new Uint8Array(await given.arrayBuffer());
}

function contentOf(given: Bytes, bytes: number, options: SendFileOptions): FileContent {
  const { name = nameOf(given), caption, replyTo, width, height, durationMs } = options;
  return {
    kind: "file",
    file: "",
    name: shortened(name === "" ? "file" : name),
    type: shownType("type" in given ? given.type : ""),
    bytes,
    hash: NO_HASH,
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(caption === undefined || caption === "" ? {} : { caption }),
    ...(replyTo === undefined ? {} : { replyTo }),
  };
}

function nameOf(given: Bytes): string {
  return "name" in given && typeof given.name === "string" ? given.name : "file";
}

/** To what fits, keeping the ending that tells people what it is. */
function shortened(name: string): string {
  if (utf8Bytes(name) <= LIMITS.nameBytes) return name;
  const ending = /\.\w{1,8}$/.exec(name)?.[0] ?? "";
  let stem = [...name.slice(0, name.length - ending.length)];
  while (utf8Bytes(`${stem.join("")}…${ending}`) > LIMITS.nameBytes) stem = stem.slice(0, -1);
  return `${stem.join("")}…${ending}`;
}

export function shownType(type: string): string {
  return SHOWN.has(type) ? type : ANY_BYTES;
}

/** What repeats a message elsewhere; its files are copied by the server, and never pass here. */
export function forwardOf({ content, id, conversation, number }: Message): FileDraft {
  const isSendable =
    content.kind === "text" ||
    content.kind === "custom" ||
    content.kind === "location" ||
    content.kind === "contact" ||
    content.kind === "file";
  if (!isSendable || id === undefined) throw new HoldfastError("not-allowed");
  const { replyTo: _, ...rest } = content;
  const body = { ...withoutMentions(rest), forwardOf: id } as Content;
  if (content.kind !== "file") return { content: body };
  if (number === undefined) throw new HoldfastError("not-allowed");
  const { thumbnail, file, bytes } = content;
  const copy = (field: PendingUpload["field"], named: string, size: number): PendingUpload => ({
    field,
    bytes: size,
    copyOf: { conversation, number, file: named },
  });
  const picture = thumbnail === undefined ? [] : [copy("thumbnail", thumbnail, 0)];
  return { content: body, uploads: [...picture, copy("file", file, bytes)] };
}

/** Whom the first one meant, the second one need not. */
function withoutMentions<Rest extends object>(content: Rest): Rest {
  const {
    mentions: _,
    everyone: __,
    ...rest
  } = content as Rest & {
    mentions?: unknown;
    everyone?: unknown;
  };
  return rest as Rest;
}

/** From the server, or from here while it is one's own and not there yet. */
export async function openFile(
  parts: FileParts,
  message: FileMessage,
  thumbnail: boolean,
): Promise<Blob> {
  const { content, conversation, number, key } = message;
  if (content.kind !== "file") throw new HoldfastError("not-found");
  const files = await filesOf(parts);
  if (number === undefined) {
    const store = files.openUploads(parts.name);
    const bytes = await store.get(bytesKey(key, thumbnail ? "thumbnail" : "file"));
    if (bytes === undefined) throw new HoldfastError("bytes-lost");
    return new Blob([bytes], { type: thumbnail ? "" : shownType(content.type) });
  }
  const file = thumbnail ? content.thumbnail : content.file;
  if (file === undefined) throw new HoldfastError("not-found");
  const calls = new FileCalls(files, parts.url, parts.platform.clock, parts.tokens);
  const { bytes, type } = await calls.read({ conversation, number, file });
  return new Blob([bytes], { type: shownType(type) });
}
