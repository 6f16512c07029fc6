import type { Entry } from "../../protocol/entries.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { Turn } from "./turn.ts";
import { entryOf } from "./visible.ts";

/** A page of a conversation's log, newest first, bounded in number and bytes. */
export function historyPage(
  turn: Turn,
  conversation: string,
  before: number | undefined,
  limit: number,
): { entries: Entry[]; more: boolean } {
  const { timeline } = turn.memory;
  const { head, membership } = timeline.conversation(conversation);
  const newest = head.number;
  // Before one's view of a group began there is nothing; of one that was left, stubs are.
  const from = membership?.state === "member" ? membership.from : 1;
  const found = timeline.history(conversation, Math.min(before ?? newest + 1, newest + 1), limit);
  const rows = found.filter(({ number }) => number >= from);
  let room = LIMITS.pageBytes - 1_024;
  const cut = rows.findIndex((row, index) => {
    room -= timeline.encoded(row).bytes + 1;
    return room < 0 && index > 0;
  });
  const page = cut === -1 ? rows : rows.slice(0, cut);
  const oldest = page.at(-1);
  const more = oldest !== undefined && oldest.previous !== 0 && oldest.number > from;
  return { entries: page.map((row) => entryOf(turn, row)), more };
}
