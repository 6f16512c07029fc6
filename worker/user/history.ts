import type { Entry } from "../../protocol/entries.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { toEntry } from "../core/row.ts";
import type { Turn } from "./turn.ts";

/** A page of a conversation's log, newest first, bounded in number and bytes. */
export function historyPage(
  turn: Turn,
  conversation: string,
  before: number | undefined,
  limit: number,
): { entries: Entry[]; more: boolean } {
  const { timeline } = turn.memory;
  const newest = timeline.conversation(conversation).head.number;
  const rows = timeline.history(conversation, Math.min(before ?? newest + 1, newest + 1), limit);
  let room = LIMITS.pageBytes - 1_024;
  const cut = rows.findIndex((row, index) => {
    room -= timeline.encoded(row).bytes + 1;
    return room < 0 && index > 0;
  });
  const page = cut === -1 ? rows : rows.slice(0, cut);
  const more = (page.at(-1)?.number ?? 1) > 1;
  return { entries: page.map(toEntry), more };
}
