/** What a large group says of how far its log is, and what has been counted here since. */
import type { ConversationRow, StoredEntry } from "../store.ts";
import { senderOf } from "./amend.ts";
import { countsUntilRecalled } from "./unread.ts";

/** Unread is the group's word as of `number`, and what `since`, all here beyond that, makes of it. */
export function takeHead(
  row: ConversationRow,
  { number, unread }: { readonly number: number; readonly unread: number },
  since: readonly StoredEntry[],
  user: string,
): ConversationRow {
  // It may not know yet what was read.
  const upTo = Math.min(unread, Math.max(0, number - row.read));
  const sum = since.reduce((count, one) => count + unreadBy(one, row.read, user), upTo);
  return { ...row, head: Math.max(row.head, number), unread: Math.max(0, sum) };
}

function unreadBy({ entry }: StoredEntry, read: number, user: string): number {
  const { body, number } = entry;
  const sender = senderOf(entry);
  if (body.kind === "recall")
    return body.target > read && (body.author ?? sender) !== user ? -1 : 0;
  return number > read && countsUntilRecalled(body) && sender !== user ? 1 : 0;
}
