import type { HoldfastClient } from "../../client/index.ts";
import { makeThumbnail } from "../../client/platform/browser.ts";
import { rememberOwn } from "./addresses.ts";
import type { StagedFile } from "./staged.ts";

export function stagedFile(file: File): StagedFile {
  const isPicture = /^image\/(png|jpeg|gif|webp)$/.test(file.type);
  return {
    key: crypto.randomUUID(),
    file,
    preview: makeThumbnail(file),
    url: isPicture ? URL.createObjectURL(file) : undefined,
  };
}

export interface SentWith {
  readonly caption?: string;
  readonly replyTo?: number;
}

/** In their order, each a message of its own; caption and quote go with the first. */
export async function sendStaged(
  client: HoldfastClient,
  conversation: string,
  files: readonly StagedFile[],
  first: SentWith,
): Promise<void> {
  const previews = await Promise.all(files.map(({ preview }) => preview));
  for (const [index, { file, url }] of files.entries()) {
    const about = index === 0 ? first : {};
    const handle = client.sendFile(conversation, file, {
      name: file.name,
      ...previews[index],
      ...about,
    });
    // What can't be kept or sent shows as failed in the list.
    handle.queued.catch(() => undefined);
    if (url !== undefined) rememberOwn(handle.key, url);
  }
}
