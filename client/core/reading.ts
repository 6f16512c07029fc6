/** What becomes of a conversation that is read up to a number, here or on another device. */
import type { Body } from "../../protocol/entries.ts";
import type { ConversationRow } from "../store.ts";
import { isFollowed } from "./followed.ts";

/** One of this user's devices has read: the server's count of what lies beyond is exact. */
export function readUpTo(
  row: ConversationRow,
  { number, unread, head }: Extract<Body, { kind: "read" }>,
): ConversationRow {
  // The group's word for a mark that is known: nobody has read anything.
  if (head !== undefined) return number === row.read && head >= row.head ? { ...row, unread } : row;
  const told = { ...withoutRead(row, number), readTold: Math.max(row.readTold, number) };
  // A state may have told it before, with what came later.
  const isNews = number > row.read || (number === row.read && number > row.readTold);
  // What lies in a large group's log the server does not know: at most what is between.
  const beyond = isFollowed(row) ? Math.min(row.unread, row.head - number) : unread;
  return isNews ? { ...told, read: number, unread: Math.max(0, beyond) } : told;
}

/** Read up to `number`: nothing up to there is unread, whatever it was marked as. */
export function withoutRead(row: ConversationRow, number: number): ConversationRow {
  const { mentions, arrangement } = row;
  return {
    ...row,
    ...(mentions === undefined ? {} : { mentions: mentions.filter((one) => one > number) }),
    ...(arrangement?.markedUnread ? { arrangement: { ...arrangement, markedUnread: false } } : {}),
  };
}

/** Read up to `number` here. Short of the head, `unread` is an upper bound until the server counts. */
export function markRead(row: ConversationRow, number: number): ConversationRow {
  if (number <= row.read) return row;
  const unread = number >= row.head ? 0 : row.unread;
  const marked = { ...withoutRead(row, number), read: number, unread };
  // Nobody is told of reading in a group that one has left: that mark is taken back by a wish.
  const isOut = row.membership !== undefined && row.membership.state !== "member";
  return isOut && row.arrangement ? { ...marked, arrangement: row.arrangement } : marked;
}
