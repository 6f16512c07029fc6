/** What a large group says of how far its log is, and what has been counted here since. */
import type { ConversationRow, StoredEntry } from "../store.ts";
import { senderOf } from "./amend.ts";
import { countsUntilRecalled } from "./unread.ts";

interface Told {
  readonly number: number;
  readonly unread: number;
  /** The mark that it was counted from, maybe another device's. */
  readonly read?: number | undefined;
}

/** Unread is the group's word as of `number`, and what `since`, all here beyond that, makes of it. */
export function takeHead(
  row: ConversationRow,
  { number, unread, read: told = 0 }: Told,
  since: readonly StoredEntry[],
  user: string,
): ConversationRow {
  const read = Math.max(row.read, told);
  // It may not know yet what was read.
  const upTo = Math.min(unread, Math.max(0, number - read));
  const sum = since.reduce((count, one) => count + unreadBy(one, read, user), upTo);
  return {
    ...row,
    read,
    readTold: Math.max(row.readTold, told),
    head: Math.max(row.head, number),
    unread: Math.max(0, sum),
  };
}

function unreadBy({ entry }: StoredEntry, read: number, user: string): number {
  const { body, number } = entry;
  const sender = senderOf(entry);
  if (body.kind === "recall")
    return body.target > read && (body.author ?? sender) !== user ? -1 : 0;
  return number > read && countsUntilRecalled(body) && sender !== user ? 1 : 0;
}
