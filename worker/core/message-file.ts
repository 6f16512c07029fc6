import type { Body } from "../../protocol/entries.ts";
import type { FileContent } from "../../protocol/media.ts";

/** Where the bytes of a message's file lie, and what they are called. */
export interface ReadableFile {
  /** Who has uploaded it. */
  readonly owner: string;
  /** Absent for a thumbnail. */
  readonly name?: string;
}

/** The files that a message names. */
export function filesOf({ file, thumbnail }: FileContent): string[] {
  return thumbnail === undefined ? [file] : [file, thumbnail];
}

/** `file`, if an entry with this body by `author` names it: nobody can name what is another's. */
export function fileIn(body: Body, author: string, file: string): ReadableFile | undefined {
  if (body.kind !== "file" || !filesOf(body).includes(file)) return undefined;
  return body.file === file ? { owner: author, name: body.name } : { owner: author };
}
