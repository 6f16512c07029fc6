import type { Content } from "../../protocol/entries.ts";
import type { ProtocolError } from "../../protocol/errors.ts";
import type { MessageFile } from "../../protocol/files.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { isPicture } from "../core/file-type.ts";
import { isGroup } from "../core/home.ts";
import { fileIn } from "../core/message-file.ts";
import type { FileRow } from "../file-store.ts";
import type { FileRequest, Upload, UserAnswer } from "../requests.ts";
import { scheduleSweep } from "./file-sweep.ts";
import type { Turn } from "./turn.ts";
import { entryOf, knowsConversation } from "./visible.ts";

/**
 * The account of a user's files: what was promised room, what is here, and who may see it. The
 * bytes themselves are moved by the Worker, under keys that this object never sees a byte of.
 */

const NOT_FOUND: UserAnswer = { ok: false, code: "not-found" };
const BUSY_MS = 5_000;
/** An upload that goes on is not about to be erased; saying so each time would cost a row. */
const TOUCH_SHARE = 8;

export function obeyFileRequest(turn: Turn, request: FileRequest): UserAnswer {
  switch (request.kind) {
    case "upload-begin":
      return begin(turn, request);
    case "upload":
      return uploadNamed(turn, request.file);
    case "upload-stored":
      return stored(turn, request.file, request.type);
    case "upload-drop":
      return drop(turn, request.file);
    case "file":
      return readable(turn, request);
  }
}

/** Undefined: a message may say so. What it names must be this user's, and be what was uploaded. */
export function refuseFile(turn: Turn, content: Content): ProtocolError | undefined {
  if (content.kind !== "file") return undefined;
  const row = usable(turn, content.file);
  if (row === undefined) return { code: "not-found", field: "body.file", rule: "uploaded" };
  for (const field of ["type", "bytes", "hash"] as const) {
    if (row[field] !== content[field]) {
      return { code: "bad-field", field: `body.${field}`, rule: "as-uploaded" };
    }
  }
  const { thumbnail } = content;
  const picture = thumbnail === undefined ? undefined : usable(turn, thumbnail);
  if (thumbnail === undefined || (picture !== undefined && isPicture(picture.type))) {
    return undefined;
  }
  return { code: "not-found", field: "body.thumbnail", rule: "uploaded-picture" };
}

/** An upload of this user that is complete. */
export function usable(turn: Turn, file: string): FileRow | undefined {
  const row = turn.store.files.get(file);
  return row?.status === "stored" || row?.status === "kept" ? row : undefined;
}

function begin(turn: Turn, request: Extract<FileRequest, { kind: "upload-begin" }>): UserAnswer {
  const { file, bytes, hash } = request;
  const known = turn.store.files.get(file);
  if (known?.status === "dead") return { ok: false, code: "busy", retryAfterMs: BUSY_MS };
  if (known !== undefined) {
    touch(turn, known);
    return { ok: true, value: uploadOf(known) };
  }
  const refusal = refuseRoom(turn, bytes);
  if (refusal !== undefined) return refusal;
  const row: FileRow = {
    file,
    bytes,
    hash,
    type: "",
    status: "open",
    at: turn.now,
    since: turn.memory.timeline.head,
  };
  turn.store.files.save(row);
  scheduleSweep(turn, turn.now + turn.settings.unusedFileMs);
  return { ok: true, value: uploadOf(row) };
}

function touch(turn: Turn, row: FileRow): void {
  const isOld = turn.now - row.at > turn.settings.unusedFileMs / TOUCH_SHARE;
  if (row.status !== "kept" && isOld) turn.store.files.save({ ...row, at: turn.now });
}

function refuseRoom(turn: Turn, bytes: number): UserAnswer | undefined {
  const { fileBytes, userFileBytes } = turn.settings;
  const no = (rule: string): UserAnswer => ({ ok: false, code: "too-big", field: "bytes", rule });
  if (bytes > fileBytes) return no(`max-bytes:${fileBytes}`);
  const used = turn.store.files.usage();
  if (used.bytes + bytes > userFileBytes) return no(`max-bytes-per-user:${userFileBytes}`);
  if (used.files >= LIMITS.filesPerUser) return no(`max-files-per-user:${LIMITS.filesPerUser}`);
  if (used.open >= LIMITS.openUploads) return no(`max-open-uploads:${LIMITS.openUploads}`);
  return undefined;
}

function uploadNamed(turn: Turn, file: string): UserAnswer {
  const row = turn.store.files.get(file);
  return row === undefined || row.status === "dead"
    ? NOT_FOUND
    : { ok: true, value: uploadOf(row) };
}

/** Said again it changes nothing. */
function stored(turn: Turn, file: string, type: string): UserAnswer {
  const row = turn.store.files.get(file);
  if (row === undefined || row.status === "dead") return NOT_FOUND;
  if (row.status !== "open") return { ok: true, value: uploadOf(row) };
  const now: FileRow = { ...row, type, status: "stored", at: turn.now };
  turn.store.files.save(now);
  return { ok: true, value: uploadOf(now) };
}

/** Only what no message can name yet. */
function drop(turn: Turn, file: string): UserAnswer {
  const row = turn.store.files.get(file);
  if (row?.status !== "open") return NOT_FOUND;
  turn.store.files.save({ ...row, status: "dead", at: 0 });
  scheduleSweep(turn, turn.now);
  return { ok: true, value: { file } };
}

function uploadOf({ file, bytes, hash, type }: FileRow): Upload {
  return { file, bytes, hash, type };
}

/**
 * Judged by the entry as it would leave now: what was recalled, withheld or has expired, and a
 * conversation that is not one's own, have no file. A group judges its own (worker/group/files.ts).
 */
function readable(turn: Turn, { conversation, number, file }: MessageFile): UserAnswer {
  const { memory } = turn;
  const isOwn = !isGroup(conversation) && knowsConversation(turn, conversation);
  const row = isOwn ? memory.timeline.find(conversation, number) : undefined;
  const value = row && fileIn(entryOf(turn, row).body, row.origin.user, file);
  return value === undefined ? NOT_FOUND : { ok: true, value };
}
