import type { makeThumbnail } from "../../client/platform/browser.ts";
import { newValue, type Value } from "../hooks/value.ts";

export type Preview = Awaited<ReturnType<typeof makeThumbnail>>;

/** A file that is chosen and not sent yet. */
export interface StagedFile {
  readonly key: string;
  readonly file: File;
  /** Of what this browser can show. */
  readonly preview: Promise<Preview>;
  /** An address for an element; of pictures. */
  readonly url: string | undefined;
}

const staged = new Map<string, Value<readonly StagedFile[]>>();
const NONE: readonly StagedFile[] = [];

/** What is chosen for a conversation stays with it, as its draft does, while the page is open. */
export function stagedIn(conversation: string): Value<readonly StagedFile[]> {
  const known = staged.get(conversation);
  if (known !== undefined) return known;
  const value = newValue(NONE);
  staged.set(conversation, value);
  return value;
}

/** What comes by picker, paste or drop. */
export async function stage(conversation: string, files: Iterable<File>): Promise<void> {
  const chosen = [...files];
  if (chosen.length === 0) return;
  const { stagedFile } = await import("./staging.ts");
  const value = stagedIn(conversation);
  value.set([...value.get(), ...chosen.map(stagedFile)]);
}
