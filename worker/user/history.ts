import type { Entry } from "../../protocol/entries.ts";
import { rangeOf, type Wanted } from "../../protocol/history.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { fitAround } from "../core/fit.ts";
import type { Turn } from "./turn.ts";
import { entryOf } from "./visible.ts";

/** What an answer says beside its entries. */
const ENVELOPE_BYTES = 1_024;

export interface HistoryPage {
  /** Newest first, contiguous. */
  readonly entries: Entry[];
  /** There are older ones, and newer ones. */
  readonly more: boolean;
  readonly newer: boolean;
}

/** A page of a conversation's log, bounded in number and bytes. */
export function historyPage(turn: Turn, conversation: string, wanted: Wanted): HistoryPage {
  const { timeline } = turn.memory;
  const { head, membership } = timeline.conversation(conversation);
  // Before one's view of a group began there is nothing; of one that was left, stubs are.
  const oldest = membership?.state === "member" ? membership.from : 1;
  const range = rangeOf(wanted, oldest, head.number);
  if (range === undefined) {
    const isAny = head.number >= oldest;
    const { before, after } = wanted;
    return {
      entries: [],
      more: isAny && after !== undefined,
      newer: isAny && before !== undefined,
    };
  }
  const { from, to, anchor } = range;
  const found = timeline.history(conversation, to + 1, to - from + 1);
  const rows = found.filter(({ number }) => number >= from);
  const sizes = rows.map((row) => timeline.encoded(row).bytes + 1);
  const about = rows.findIndex(({ number }) => number <= anchor);
  const { first, last } = fitAround(sizes, Math.max(0, about), LIMITS.pageBytes - ENVELOPE_BYTES);
  const page = rows.slice(first, last + 1);
  const lowest = page.at(-1);
  return {
    entries: page.map((row) => entryOf(turn, row)),
    more: lowest !== undefined && lowest.previous !== 0 && lowest.number > oldest,
    newer: (page[0]?.number ?? head.number) < head.number,
  };
}
