/** What stands for users and groups: put up and read. Loaded with the first of either. */
import { LIMITS } from "../../protocol/limits.ts";
import { parseConversation } from "../../protocol/names.ts";
import { HoldfastError } from "../errors.ts";
import type { Bytes, PictureOwner } from "../file-model.ts";
import type { FilePlatform } from "../files.ts";
import { FileCalls } from "./file-calls.ts";
import { bytesOf, type FileParts, filesOf, shownType } from "./file-sending.ts";
import { uploadFile } from "./upload-file.ts";

/** Nobody watches so small an upload. */
const UNWATCHED = { sent: () => {}, named: () => {} };

export async function uploadPicture(parts: FileParts, given: Bytes): Promise<string> {
  const bytes = await bytesOf(given);
  if (bytes.byteLength > LIMITS.pictureBytes) {
    throw new HoldfastError("too-big", { rule: `max-bytes:${LIMITS.pictureBytes}` });
  }
  const files = await filesOf(parts);
  const hash = await files.sha256(bytes);
  const stored = await uploadFile(callsOf(parts, files), bytes, hash, UNWATCHED);
  if (stored.type.startsWith("image/")) return stored.file;
  throw new HoldfastError("bad-field", { field: "bytes", rule: "picture" });
}

export async function openPicture(parts: FileParts, owner: PictureOwner): Promise<Blob> {
  const calls = callsOf(parts, await filesOf(parts));
  const { bytes, type } = await calls.picture(pathOf(owner));
  return new Blob([bytes], { type: shownType(type) });
}

function pathOf(owner: PictureOwner): Parameters<FileCalls["picture"]>[0] {
  if ("user" in owner) return `profiles/${encodeURIComponent(owner.user)}`;
  const parsed = parseConversation(owner.conversation);
  if (parsed?.kind !== "group") throw new HoldfastError("not-found");
  return `groups/${parsed.group}`;
}

function callsOf({ url, platform, tokens }: FileParts, files: FilePlatform): FileCalls {
  return new FileCalls(files, url, platform.clock, tokens);
}
