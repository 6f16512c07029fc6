import type { Body } from "../../protocol/entries.ts";
import type { ConversationRow, StoredEntry } from "../store.ts";
import { isCountable, senderOf } from "./amend.ts";

/** What arrives recalled counts until its recall arrives too, which takes one away. */
export function countsUntilRecalled(body: Body): boolean {
  return isCountable(body) || body.kind === "recalled";
}

/** The exact count from the entries beyond the read mark, when all of them are here. */
export function countUnread(
  row: ConversationRow,
  beyond: readonly StoredEntry[],
  user: string,
): number {
  if (beyond.length < row.head - row.read) return row.unread;
  const recalled = new Set(
    beyond.flatMap(({ entry: { body } }) => (body.kind === "recall" ? [body.target] : [])),
  );
  const counted = beyond.filter(
    ({ entry }) =>
      countsUntilRecalled(entry.body) && senderOf(entry) !== user && !recalled.has(entry.number),
  );
  return counted.length;
}
