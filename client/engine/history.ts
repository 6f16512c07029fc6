/** Older messages: from the local store as far as it goes without a hole, else from the server. */

import { rangeOf, type Wanted } from "../../protocol/history.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { isNumbered, type NumberedEntry } from "../core/amend.ts";
import { emptyRow } from "../core/conversations.ts";
import { takeExpiry } from "../core/expiry.ts";
import type { HistoryPage } from "../model.ts";
import type { ClientStore, ConversationRow, StoredEntry } from "../store.ts";
import type { Book } from "./book.ts";
import type { LeaderContext } from "./context.ts";
import { isListedEntry } from "./messages.ts";
import type { Requests } from "./requests.ts";

export interface Page extends Wanted {
  readonly conversation: string;
}

/** Asks the server for a page and stores it. */
export type FetchPage = (page: Page) => Promise<void>;

/** A contiguous run of entries that is in the local store. */
interface LocalRun {
  readonly run: readonly StoredEntry[];
  /** All that was wanted is here. */
  readonly whole: boolean;
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

/** The newest contiguous run of at most `limit` entries that ends right before `before`. */
async function localRun(store: ClientStore, row: ConversationRow, page: Page) {
  const to = (page.before ?? row.head + 1) - 1;
  const found = await store.range(page.conversation, Math.max(1, to - page.limit + 1), to);
  let low = to + 1;
  const run: StoredEntry[] = [];
  for (const stored of [...found].reverse()) {
    if (stored.entry.number !== low - 1) break;
    low -= 1;
    run.unshift(stored);
  }
  const whole = run.length >= page.limit || low <= Math.max(1, row.start);
  return { run, low, whole };
}

export class History {
  readonly #store: ClientStore;
  readonly #book: Book;
  readonly #fetch: FetchPage;

  constructor(store: ClientStore, book: Book, fetch: FetchPage) {
    this.#store = store;
    this.#book = book;
    this.#fetch = fetch;
  }

  /** What is here, for the first look at a conversation; no connection is needed. */
  async load(conversation: string, limit: number): Promise<void> {
    const page = { conversation, limit };
    // What comes in while the store is read moves the head on: then the run ends short of it.
    for (let isShown = false; !isShown; ) {
      const { run } = await localRun(this.#store, this.#row(conversation), page);
      isShown = this.#book.showPage(conversation, run);
    }
  }

  page(page: Page): Promise<HistoryPage> {
    const isJump = page.after !== undefined || page.around !== undefined;
    return isJump ? this.#jump(page) : this.#older(page);
  }

  /** Anywhere in the log: shown by whoever asked, for it need not join what is loaded. */
  async #jump(page: Page): Promise<HistoryPage> {
    const { conversation } = page;
    if (this.#row(conversation).head === 0) {
      await this.#fetch({ conversation, limit: Math.min(page.limit, LIMITS.historyEntries) });
    }
    const local = await runAround(this.#store, this.#row(conversation), page);
    if (local.whole) return this.#pageOf(conversation, local.run);
    try {
      await this.#fetch({ ...page, limit: Math.min(page.limit, LIMITS.historyEntries) });
    } catch (error) {
      if (local.run.length === 0) throw error;
      return this.#pageOf(conversation, local.run);
    }
    const { run } = await runAround(this.#store, this.#row(conversation), page);
    return this.#pageOf(conversation, run);
  }

  #pageOf(conversation: string, run: readonly StoredEntry[]): HistoryPage {
    const { head } = this.#row(conversation);
    const [from, to] = [run[0]?.entry.number, run.at(-1)?.entry.number];
    const messages = run.filter(isListedEntry).map((stored) => this.#book.message(stored));
    const more = (from ?? head + 1) > this.#oldest(conversation);
    return { messages, more, newer: (to ?? head) < head, from, to };
  }

  async #older(page: Page): Promise<HistoryPage> {
    const { conversation } = page;
    let local = await localRun(this.#store, this.#row(conversation), page);
    const unknown = page.before === undefined && this.#row(conversation).head === 0;
    if (!local.whole || unknown) {
      const before = unknown ? undefined : local.low;
      const limit = Math.min(page.limit - local.run.length, LIMITS.historyEntries);
      await this.#fetch({ conversation, before, limit });
      local = await localRun(this.#store, this.#row(conversation), page);
    }
    this.#book.showPage(conversation, local.run);
    const { more, ...rest } = this.#pageOf(conversation, local.run);
    const isEmpty = local.run.length === 0;
    return { ...rest, more: isEmpty ? local.low > this.#oldest(conversation) : more };
  }

  #oldest(conversation: string): number {
    return Math.max(1, this.#row(conversation).start);
  }

  #row(conversation: string): ConversationRow {
    return this.#book.rows.get(conversation) ?? emptyRow(conversation);
  }
}

/** The leader's way: over its connection, into the store. */
export function fetchPage(
  context: LeaderContext,
  requests: Requests,
  onKept: (conversation: string) => void,
): FetchPage {
  return async (page) => {
    const answer = await requests.ask("history", (ref) => ({ t: "history", ref, ...page }));
    const numbered = answer.entries.filter(isNumbered);
    const isJump = page.after !== undefined || page.around !== undefined;
    const keep = isJump ? keepJump : keepPage;
    await context.writer.run(() => keep(context, page, numbered, answer.more));
    onKept(page.conversation);
  };
}

/** What is here already stays: the feed keeps it up to date, and the page may be older. */
async function keepPage(
  { store, book, writer }: LeaderContext,
  { conversation, before }: Page,
  page: readonly NumberedEntry[],
  more: boolean,
): Promise<void> {
  const numbers = page.map(({ number }) => number);
  const low = Math.min(...numbers, before ?? Number.POSITIVE_INFINITY);
  const high = Math.max(...numbers, 0);
  const entries = await missing(store, conversation, page);
  const row = book.rows.get(conversation) ?? emptyRow(conversation);
  const aged = entries.reduce((one, { entry }) => takeExpiry(one, entry), row);
  const started = more ? aged : { ...aged, start: Number.isFinite(low) ? low : 1 };
  const newest = before === undefined ? Math.max(row.head, high) : row.head;
  const rows = [{ ...started, head: newest }];
  await writer.commit({ entries, conversations: rows }, { entries, rows });
}

/** From the middle of the log: no list shows it, and what the feed has not brought is the feed's. */
async function keepJump(
  { store, book, writer }: LeaderContext,
  { conversation }: Page,
  answered: readonly NumberedEntry[],
  more: boolean,
): Promise<void> {
  const row = book.rows.get(conversation) ?? emptyRow(conversation);
  const page = answered.filter(({ number }) => number <= row.head);
  if (page.length === 0) return;
  const entries = await missing(store, conversation, page);
  const aged = entries.reduce((one, { entry }) => takeExpiry(one, entry), row);
  const rows = more ? [aged] : [{ ...aged, start: Math.min(...page.map(({ number }) => number)) }];
  await writer.commit({ entries, conversations: rows }, { rows });
}

/** Those of a page that are not in the store yet. */
async function missing(
  store: ClientStore,
  conversation: string,
  page: readonly NumberedEntry[],
): Promise<StoredEntry[]> {
  const numbers = page.map(({ number }) => number);
  const known = await store.range(conversation, Math.min(...numbers), Math.max(...numbers));
  const here = new Set(known.map(({ entry }) => entry.number));
  return page.filter(({ number }) => !here.has(number)).map((entry) => ({ entry }));
}
