/** Older messages: from the local store as far as it goes without a hole, else from the server. */

import { DEVICE_LIMITS } from "../../protocol/device-limits.ts";
import type { Wanted } from "../../protocol/history.ts";
import { isNumbered, type NumberedEntry } from "../core/amend.ts";
import { emptyRow } from "../core/conversations.ts";
import { isPlainEntry } from "../core/plain.ts";
import type { HistoryPage } from "../model.ts";
import type { ClientStore, ConversationRow, StoredEntry } from "../store.ts";
import type { Book } from "./book.ts";
import type { LeaderContext } from "./context.ts";
import { isListedEntry } from "./messages.ts";
import { EXTRAS, JUMPING } from "./parts.ts";
import type { Requests } from "./requests.ts";

export interface Page extends Wanted {
  readonly conversation: string;
}

/** Asks the server for a page and stores it. */
export type FetchPage = (page: Page) => Promise<void>;

/** The newest contiguous run of at most `limit` entries that ends right before `before`. */
async function localRun(store: ClientStore, row: ConversationRow, page: Page) {
  const to = (page.before ?? row.head + 1) - 1;
  const found = await store.range(page.conversation, to - page.limit + 1, to);
  let low = to + 1;
  const run: StoredEntry[] = [];
  for (const stored of [...found].reverse()) {
    if (stored.entry.number !== low - 1) break;
    low -= 1;
    run.unshift(stored);
  }
  const whole = run.length >= page.limit || low <= oldest(row);
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

  async page(page: Page): Promise<HistoryPage> {
    if (!isJump(page)) return this.#older(page);
    const { jump } = await JUMPING.load();
    return jump(this.#store, this.#book, this.#fetch, page);
  }

  async #older(page: Page): Promise<HistoryPage> {
    const { conversation } = page;
    let local = await localRun(this.#store, this.#row(conversation), page);
    const unknown = page.before === undefined && !this.#row(conversation).head;
    if (!local.whole || unknown) {
      const before = unknown ? undefined : local.low;
      const limit = Math.min(page.limit - local.run.length, DEVICE_LIMITS.historyEntries);
      await this.#fetch({ conversation, before, limit });
      local = await localRun(this.#store, this.#row(conversation), page);
    }
    this.#book.showPage(conversation, local.run);
    const { more, ...rest } = pageOf(this.#book, conversation, local.run);
    const isEmpty = local.run.length === 0;
    return { ...rest, more: isEmpty ? local.low > oldest(this.#row(conversation)) : more };
  }

  #row(conversation: string): ConversationRow {
    return rowOf(this.#book, conversation);
  }
}

function isJump({ after, around }: Page): boolean {
  return after !== undefined || around !== undefined;
}

function oldest({ start }: ConversationRow): number {
  return Math.max(1, start);
}

export function rowOf(book: Book, conversation: string): ConversationRow {
  return book.rows.get(conversation) ?? emptyRow(conversation);
}

/** What is shown of a run of entries from the store. */
export function pageOf(book: Book, conversation: string, run: readonly StoredEntry[]): HistoryPage {
  const row = rowOf(book, conversation);
  const [from, to] = [run[0]?.entry.number, run.at(-1)?.entry.number];
  const messages = run.filter(isListedEntry).map((stored) => book.message(stored));
  const more = (from ?? row.head + 1) > oldest(row);
  return { messages, more, newer: (to ?? row.head) < row.head, from, to };
}

/** The leader's way: over its connection, into the store. */
export function fetchPage(
  context: LeaderContext,
  requests: Requests,
  onKept: (conversation: string) => void,
): FetchPage {
  const fetch: FetchPage = async (page) => {
    const { conversation } = page;
    const { head } = rowOf(context.book, conversation);
    const answer = await requests.ask("history", (ref) => ({ t: "history", ref, ...page }));
    const numbered = answer.entries.filter(isNumbered);
    const keep = isJump(page) ? (await JUMPING.load()).keepJump : keepPage;
    let isOld = false;
    await context.writer.run(async () => {
      isOld = await isChanged(context, conversation, numbered, head);
      if (!isOld) await keep(context, page, numbered, answer.more);
    });
    if (isOld) return fetch(page);
    onKept(conversation);
  };
  return fetch;
}

/** Whether something was said about these since the head was `asOf`: they may not know of it. */
export async function isChanged(
  { store, book }: LeaderContext,
  conversation: string,
  page: readonly NumberedEntry[],
  asOf: number,
): Promise<boolean> {
  const numbers = new Set(page.map(({ number }) => number));
  const later = await store.range(conversation, asOf + 1, rowOf(book, conversation).head);
  return later.some(({ entry: { body } }) => "target" in body && numbers.has(body.target));
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
  const row = rowOf(book, conversation);
  const aged = await withExpiry(row, entries);
  const started = more ? aged : { ...aged, start: Number.isFinite(low) ? low : 1 };
  const newest = before === undefined ? Math.max(row.head, high) : row.head;
  const rows = [{ ...started, head: newest }];
  await writer.commit({ entries, conversations: rows }, { entries, rows });
}

/** Those of a page that are not in the store yet. */
export async function missing(
  store: ClientStore,
  conversation: string,
  page: readonly NumberedEntry[],
): Promise<StoredEntry[]> {
  const numbers = page.map(({ number }) => number);
  const known = await store.range(conversation, Math.min(...numbers), Math.max(...numbers));
  const here = new Set(known.map(({ entry }) => entry.number));
  return page.filter(({ number }) => !here.has(number)).map((entry) => ({ entry }));
}

/** The row knows of each message that expires. */
export async function withExpiry(
  row: ConversationRow,
  entries: readonly StoredEntry[],
): Promise<ConversationRow> {
  if (entries.every(({ entry }) => isPlainEntry(entry))) return row;
  const { takeExpiry } = await EXTRAS.load();
  return entries.reduce((one, { entry }) => takeExpiry(one, entry), row);
}
