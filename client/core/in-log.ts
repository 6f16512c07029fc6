/** Which of a group's entries this user's object has no copies of. */
import { rangeOf, type Wanted } from "../../protocol/history.ts";
import type { ConversationRow } from "../store.ts";
import { isFollowed } from "./followed.ts";

/** Whether some of that page is in the group's own log alone. */
export function isInLog(row: ConversationRow, wanted: Wanted): boolean {
  const copyFrom = row.membership?.copyFrom ?? 1;
  const range = rangeOf(wanted, Math.max(1, row.start), row.head);
  return isFollowed(row) || (range !== undefined && range.from < copyFrom);
}
