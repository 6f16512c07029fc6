/** Older messages: from the local store as far as it goes without a hole, else from the server. */

import { LIMITS } from "../../protocol/limits.ts";
import { isNumbered } from "../core/amend.ts";
import { emptyRow } from "../core/conversations.ts";
import type { HistoryPage } from "../model.ts";
import type { ClientStore, ConversationRow, StoredEntry } from "../store.ts";
import type { Book } from "./book.ts";
import type { LeaderContext } from "./context.ts";
import { isListedEntry } from "./messages.ts";
import type { Requests } from "./requests.ts";

export interface Page {
  readonly conversation: string;
  /** Older than this; undefined: from the newest. */
  readonly before: number | undefined;
  readonly limit: number;
}

/** Asks the server for a page and stores it; says whether there is more before it. */
export type FetchPage = (page: Page) => Promise<void>;

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
    const page = { conversation, before: undefined, limit };
    // What comes in while the store is read moves the head on: then the run ends short of it.
    for (let isShown = false; !isShown; ) {
      const { run } = await localRun(this.#store, this.#row(conversation), page);
      isShown = this.#book.showPage(conversation, run);
    }
  }

  async page(page: Page): Promise<HistoryPage> {
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
    const messages = local.run.filter(isListedEntry).map((stored) => this.#book.message(stored));
    return { messages, more: local.low > Math.max(1, this.#row(conversation).start) };
  }

  #row(conversation: string): ConversationRow {
    return this.#book.rows.get(conversation) ?? emptyRow(conversation);
  }
}

/** The leader's way: over its connection, into the store. */
export function fetchPage(context: LeaderContext, requests: Requests): FetchPage {
  return async ({ conversation, before, limit }) => {
    const bound = before === undefined ? {} : { before };
    const answer = await requests.ask("history", (ref) => ({
      t: "history",
      ref,
      conversation,
      limit,
      ...bound,
    }));
    const numbered = answer.entries.filter(isNumbered);
    await context.writer.run(() => keepPage(context, conversation, numbered, answer.more, before));
  };
}

/** What is here already stays: the feed keeps it up to date, and the page may be older. */
async function keepPage(
  { store, book, writer }: LeaderContext,
  conversation: string,
  page: readonly StoredEntry["entry"][],
  more: boolean,
  before: number | undefined,
): Promise<void> {
  const numbers = page.map(({ number }) => number);
  const low = Math.min(...numbers, before ?? Number.POSITIVE_INFINITY);
  const high = Math.max(...numbers, 0);
  const known = await store.range(conversation, low, high);
  const here = new Set(known.map(({ entry }) => entry.number));
  const entries = page.filter(({ number }) => !here.has(number)).map((entry) => ({ entry }));
  const row = book.rows.get(conversation) ?? emptyRow(conversation);
  const started = more ? row : { ...row, start: Number.isFinite(low) ? low : 1 };
  const newest = before === undefined ? Math.max(row.head, high) : row.head;
  const rows = [{ ...started, head: newest }];
  await writer.commit({ entries, conversations: rows }, { entries, rows });
}
