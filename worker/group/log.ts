import type { LogEntry } from "../../protocol/hand-offs.ts";
import type { Origin } from "../../protocol/ids.ts";
import { isChange } from "../core/changes.ts";
import { changeRows, expireRow, type Layer } from "../core/layer.ts";
import { type Logged, toLogEntry, toLogRow } from "../core/row.ts";
import type { GroupStore } from "../group-store.ts";
import { SearchIndex } from "../search-index.ts";
import { LogExpiry } from "./expiry.ts";

/** Entries kept in memory: what was just numbered is what is handed out next. */
const RECENT_ENTRIES = 512;
/** Entries read at once where many are looked through. */
const PAGE = 1_000;

/** The numbered log of a group. Memory here is a cache over rows. */
export class GroupLog implements Layer<Logged> {
  /** Of what is indexed: it says what the rows say. */
  readonly search: SearchIndex;
  readonly #store: GroupStore;
  readonly #conversation: string;
  readonly #recent = new Map<number, Logged>();
  /** Pages handed out since the log last changed: most members ask for the same one. */
  readonly #pages = new Map<number, readonly LogEntry[]>();
  /** Where messages are that expire. */
  readonly expiring: LogExpiry;
  #head: number;

  constructor(store: GroupStore, conversation: string) {
    this.#store = store;
    this.#conversation = conversation;
    this.search = new SearchIndex(store.search);
    this.#head = store.head();
    this.expiring = new LogExpiry(store, this.#head);
  }

  get head(): number {
    return this.#head;
  }

  find(number: number): Logged | undefined {
    if (number < 1 || number > this.#head) return undefined;
    return this.#recent.get(number) ?? this.#store.rows(number, 1)[0];
  }

  /** Entries from `from` on, oldest first. */
  rows(from: number, limit: number): Logged[] {
    const end = Math.min(this.#head, from + limit - 1);
    const found: Logged[] = [];
    for (let number = Math.max(1, from); number <= end; number++) {
      const row = this.#recent.get(number);
      if (row === undefined) return [...found, ...this.#store.rows(number, end - number + 1)];
      found.push(row);
    }
    return found;
  }

  /** All entries after `number`, oldest first. */
  *after(number: number): Generator<Logged> {
    for (let from = number + 1; from <= this.#head; from += PAGE) yield* this.rows(from, PAGE);
  }

  findOrigin({ user, device, counter }: Origin): Logged | undefined {
    return this.#store.rowOfOrigin(user, device, counter);
  }

  append(row: Logged): void {
    if (row.number !== this.#head + 1) throw new Error("a log has no holes");
    this.#store.append(row);
    this.#head = row.number;
    this.expiring.note(row);
    this.#keep(row);
    this.#recent.delete(row.number - RECENT_ENTRIES);
    if (isChange(row.body)) changeRows(this, row, row.body);
  }

  /** Entries from `from` on, bounded in number and bytes, oldest first; at least one if there is. */
  page(from: number, entries: number, bytes: number): readonly LogEntry[] {
    const known = this.#pages.get(from);
    if (known !== undefined) return known;
    const run = this.rows(from, entries).map(toLogEntry);
    let room = bytes;
    const end = run.findIndex((entry, index) => {
      room -= JSON.stringify(entry).length;
      return room < 0 && index > 0;
    });
    const page = end === -1 ? run : run.slice(0, end);
    this.#pages.set(from, page);
    return page;
  }

  /** These messages say nothing any more. */
  expire(rows: readonly Logged[]): void {
    this.search.together(() => {
      for (const row of rows) expireRow(this, row);
    });
  }

  #keep(row: Logged): void {
    this.#pages.clear();
    this.#recent.set(row.number, row);
  }

  rewrite(row: Logged, body: Logged["body"], changes: Logged["changes"]): void {
    const same = JSON.stringify([row.body, row.changes]) === JSON.stringify([body, changes]);
    if (same) return;
    this.search.reword([{ row: toLogRow(this.#conversation, row), body }]);
    this.#store.rewrite(row.number, body, changes);
    this.#pages.clear();
    if (this.#recent.has(row.number)) this.#keep({ ...row, body, changes });
  }
}
