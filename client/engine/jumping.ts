/** Pages from anywhere in the log: shown by whoever asked, for they need not join what is loaded. */

import { DEVICE_LIMITS } from "../../protocol/device-limits.ts";
import { rangeOf } from "../../protocol/history.ts";
import type { NumberedEntry } from "../core/amend.ts";
import type { HistoryPage } from "../model.ts";
import type { ClientStore, ConversationRow, StoredEntry } from "../store.ts";
import type { Book } from "./book.ts";
import type { LeaderContext } from "./context.ts";
import { type FetchPage, missing, type Page, pageOf, rowOf, withExpiry } from "./history.ts";

/** A contiguous run of entries that is in the local store. */
interface LocalRun {
  readonly run: readonly StoredEntry[];
  /** All that was wanted is here. */
  readonly whole: boolean;
}

export async function jump(
  store: ClientStore,
  book: Book,
  fetch: FetchPage,
  page: Page,
): Promise<HistoryPage> {
  const { conversation } = page;
  const limit = Math.min(page.limit, DEVICE_LIMITS.historyEntries);
  if (rowOf(book, conversation).head === 0) await fetch({ conversation, limit });
  const local = await runAround(store, rowOf(book, conversation), page);
  if (local.whole) return pageOf(book, conversation, local.run);
  try {
    await fetch({ ...page, limit });
  } catch (error) {
    if (local.run.length === 0) throw error;
    return pageOf(book, conversation, local.run);
  }
  const { run } = await runAround(store, rowOf(book, conversation), page);
  return pageOf(book, conversation, run);
}

/** The run around `anchor` within the wanted numbers. */
async function runAround(store: ClientStore, row: ConversationRow, page: Page): Promise<LocalRun> {
  const range = rangeOf(page, Math.max(1, row.start), row.head);
  if (range === undefined) return { run: [], whole: row.head > 0 };
  const found = await store.range(page.conversation, range.from, range.to);
  const run = contiguousAt(found, range.anchor);
  return { run, whole: run.length === range.to - range.from + 1 };
}

/** The entries with numbers next to each other that the one with `anchor` is among. */
function contiguousAt(found: readonly StoredEntry[], anchor: number): readonly StoredEntry[] {
  const at = found.findIndex(({ entry }) => entry.number === anchor);
  if (at === -1) return [];
  const isJoined = ({ entry }: StoredEntry, index: number) => entry.number - anchor === index - at;
  return found.filter(isJoined);
}

/** From the middle of the log: no list shows it, and what the feed has not brought is the feed's. */
export async function keepJump(
  { store, book, writer }: LeaderContext,
  { conversation }: Page,
  answered: readonly NumberedEntry[],
  more: boolean,
): Promise<void> {
  const row = rowOf(book, conversation);
  const page = answered.filter(({ number }) => number <= row.head);
  if (page.length === 0) return;
  const entries = await missing(store, conversation, page);
  const aged = await withExpiry(row, entries);
  const rows = more ? [aged] : [{ ...aged, start: Math.min(...page.map(({ number }) => number)) }];
  await writer.commit({ entries, conversations: rows }, { rows });
}
