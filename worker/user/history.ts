import { rangeOf, type Wanted } from "../../protocol/history.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { fitAround } from "../core/fit.ts";
import { isLarge } from "../core/membership.ts";
import { endsOfNothing } from "../core/page.ts";
import type { HistoryPage } from "../requests.ts";
import type { Turn } from "./turn.ts";
import { entryOf } from "./visible.ts";

/** What an answer says beside its entries. */
const ENVELOPE_BYTES = 1_024;

/** The group that this user is in and whose log has more than stands here; undefined: it is all here. */
export function logElsewhere(turn: Turn, conversation: string): string | undefined {
  const state = turn.memory.timeline.conversation(conversation);
  if (state.membership?.state !== "member") return undefined;
  const isWhole = !isLarge(state) && (state.copyFrom ?? 1) <= state.membership.from;
  return isWhole ? undefined : conversation.slice("group:".length);
}

/** As `logElsewhere`, where this page has some of it. */
export function elsewhere(turn: Turn, conversation: string, wanted: Wanted): string | undefined {
  const state = turn.memory.timeline.conversation(conversation);
  const { head, membership, copyFrom = 1 } = state;
  const range = rangeOf(wanted, membership?.from ?? 1, head.number);
  const isShort = range !== undefined && range.from < copyFrom;
  return isLarge(state) || isShort ? logElsewhere(turn, conversation) : undefined;
}

/** A page of a conversation's log as it stands here, bounded in number and bytes. */
export function historyPage(turn: Turn, conversation: string, wanted: Wanted): HistoryPage {
  const { timeline } = turn.memory;
  const { head, membership } = timeline.conversation(conversation);
  // Before one's view of a group began there is nothing; of one that was left, stubs are.
  const oldest = membership?.state === "member" ? membership.from : 1;
  const range = rangeOf(wanted, oldest, head.number);
  if (range === undefined) return { entries: [], ...endsOfNothing(wanted, oldest, head.number) };
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
