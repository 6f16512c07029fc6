import type { Body } from "../protocol/entries.ts";
import { utf8Bytes } from "../protocol/limits.ts";
import { isLogRow, type TimelineRow, toEntry } from "./core/row.ts";
import type { SearchIndex } from "./search-index.ts";
import type { UserStore } from "./user-store.ts";

/** Rows kept in memory: what was just written is what is pushed next. */
const RECENT_ROWS = 512;

/** An entry as it goes over the wire, encoded once for all devices. */
export interface EncodedEntry {
  readonly seq: number;
  readonly text: string;
  readonly bytes: number;
}

/** A timeline's rows, the newest of them in memory. */
export class RecentRows {
  readonly #store: UserStore;
  readonly #search: SearchIndex;
  readonly #recent = new Map<number, TimelineRow>();
  readonly #encoded = new Map<number, EncodedEntry>();

  constructor(store: UserStore, search: SearchIndex) {
    this.#store = store;
    this.#search = search;
  }

  /** A row that stands in the store already becomes the newest one here. */
  take(row: TimelineRow): void {
    this.#recent.set(row.seq, row);
    this.#recent.delete(row.seq - RECENT_ROWS);
    this.#encoded.delete(row.seq - RECENT_ROWS);
  }

  row(seq: number): TimelineRow | undefined {
    return this.#recent.get(seq) ?? (seq === 0 ? undefined : this.#store.row(seq));
  }

  rows(from: number, limit: number): TimelineRow[] {
    const found: TimelineRow[] = [];
    for (let seq = from; seq < from + limit; seq++) {
      const row = this.#recent.get(seq);
      if (row === undefined) return [...found, ...this.#store.rows(seq, from + limit - seq)];
      found.push(row);
    }
    return found;
  }

  /** By conversation: number of the newest entry among these that `me` sees and has not written. */
  newestForeign(from: number, to: number, me: string): Map<string, number> {
    if (!this.#recent.has(from)) return this.#store.newestForeign(from, to, me);
    const newest = new Map<string, number>();
    for (let seq = from; seq <= to; seq++) {
      const row = this.#recent.get(seq);
      if (row === undefined || !isLogRow(row) || row.origin.user === me) continue;
      if (row.body.kind === "withheld") continue;
      newest.set(row.conversation, row.number);
    }
    return newest;
  }

  encoded(row: TimelineRow): EncodedEntry {
    const known = this.#encoded.get(row.seq);
    if (known !== undefined) return known;
    const text = JSON.stringify(toEntry(row));
    const encoded = { seq: row.seq, text, bytes: utf8Bytes(text) };
    if (this.#recent.has(row.seq)) this.#encoded.set(row.seq, encoded);
    return encoded;
  }

  rewrite(row: TimelineRow, body: Body, changes: TimelineRow["changes"]): void {
    const same = JSON.stringify([row.body, row.changes]) === JSON.stringify([body, changes]);
    if (same) return;
    this.#search.reword([{ row, body }]);
    this.#store.rewrite(row.seq, body, changes);
    this.#encoded.delete(row.seq);
    if (this.#recent.has(row.seq)) this.#recent.set(row.seq, { ...row, body, changes });
  }

  /** Deletes what newer rows have superseded, ends included. */
  trim(from: number, to: number): void {
    this.#store.trim(from, to);
    for (let seq = from; seq <= to; seq++) {
      if (this.#recent.get(seq)?.origin === null) this.#recent.delete(seq);
    }
  }
}
