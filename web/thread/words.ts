import type { Message } from "../../client/index.ts";

/** What an edit of this would replace: a text, or a file's caption, which may be none. */
export function wordsOf(content: Message["content"]): string | undefined {
  if (content.kind === "file") return content.caption ?? "";
  return content.kind === "text" ? content.text : undefined;
}
