/** The rows of a store as plain maps: all of the memory store, and what a file store replays. */
import { entryKey } from "../core/conversations.ts";
import type {
  ConversationRow,
  OutboxDraft,
  OutboxRow,
  StoreBatch,
  StoredEntry,
  StoreImage,
  StoreMeta,
} from "../store.ts";

export function newMeta(device: string): StoreMeta {
  return {
    device,
    user: "",
    counter: 0,
    stored: null,
    handled: 0,
    epoch: 0,
    ticket: "",
    heartbeats: [],
  };
}

/** `meta` after `batch`; undefined when the batch comes from a leader of the past. */
export function metaAfter(meta: StoreMeta, batch: StoreBatch): StoreMeta | undefined {
  if (batch.epoch !== meta.epoch) return undefined;
  const counter = Math.max(meta.counter, batch.counterFloor ?? 0);
  return { ...meta, ...batch.meta, counter };
}

export class Records {
  meta: StoreMeta;
  readonly #outbox = new Map<number, OutboxRow>();
  readonly #entries = new Map<string, StoredEntry>();
  readonly #bySeq = new Map<number, StoredEntry>();
  readonly #conversations = new Map<string, ConversationRow>();

  constructor(meta: StoreMeta) {
    this.meta = meta;
  }

  /** All that an image tells; older entries are not in it. */
  static of(image: StoreImage): Records {
    const records = new Records(image.meta);
    for (const row of image.outbox) records.#outbox.set(row.counter, row);
    for (const row of image.conversations) records.#conversations.set(row.conversation, row);
    for (const stored of image.lasts) records.#putEntry(stored);
    return records;
  }

  image(): StoreImage {
    const conversations = [...this.#conversations.values()];
    const lasts = conversations.flatMap(({ conversation, last }) => {
      const found = this.#entries.get(entryKey(conversation, last));
      return found ? [found] : [];
    });
    const outbox = [...this.#outbox.values()].sort((a, b) => a.counter - b.counter);
    return { meta: this.meta, outbox, conversations, lasts };
  }

  enqueue(draft: OutboxDraft): OutboxRow {
    const counter = this.meta.counter + 1;
    const row: OutboxRow = { ...draft, counter, status: { kind: "waiting" } };
    this.restore(row);
    return row;
  }

  /** A row that has its counter already, from a journal. */
  restore(row: OutboxRow): void {
    this.meta = { ...this.meta, counter: Math.max(this.meta.counter, row.counter) };
    this.#outbox.set(row.counter, row);
    this.#outbox.delete(row.replaces ?? 0);
  }

  claim(): number {
    this.meta = { ...this.meta, epoch: this.meta.epoch + 1 };
    return this.meta.epoch;
  }

  apply(batch: StoreBatch): boolean {
    const meta = metaAfter(this.meta, batch);
    if (meta === undefined) return false;
    this.meta = meta;
    if (batch.clearEntries) {
      this.#entries.clear();
      this.#bySeq.clear();
    }
    if (batch.clearEntriesOf !== undefined) this.#clear(batch.clearEntriesOf);
    for (const row of batch.putOutbox ?? []) this.#outbox.set(row.counter, row);
    for (const counter of batch.deleteOutbox ?? []) this.#outbox.delete(counter);
    for (const stored of batch.entries ?? []) this.#putEntry(stored);
    for (const row of batch.conversations ?? []) this.#conversations.set(row.conversation, row);
    return true;
  }

  range(conversation: string, from: number, to: number): readonly StoredEntry[] {
    const found: StoredEntry[] = [];
    for (let number = from; number <= to; number += 1) {
      const stored = this.#entries.get(entryKey(conversation, number));
      if (stored) found.push(stored);
    }
    return found;
  }

  sinceSeq(after: number, upTo: number, limit: number): readonly StoredEntry[] {
    const found: StoredEntry[] = [];
    for (let seq = after + 1; seq <= upTo && found.length < limit; seq += 1) {
      const stored = this.#bySeq.get(seq);
      if (stored) found.push(stored);
    }
    return found;
  }

  /** Batches that make these rows from an empty store with the same meta, each of bounded size. */
  *dump(entriesPerBatch: number): Iterable<StoreBatch> {
    const { epoch } = this.meta;
    yield { epoch, putOutbox: [...this.#outbox.values()] };
    yield { epoch, conversations: [...this.#conversations.values()] };
    const entries = [...this.#entries.values()];
    for (let at = 0; at < entries.length; at += entriesPerBatch) {
      yield { epoch, entries: entries.slice(at, at + entriesPerBatch) };
    }
  }

  #clear(conversation: string): void {
    for (const [key, { entry }] of this.#entries) {
      if (entry.conversation !== conversation) continue;
      this.#entries.delete(key);
      this.#bySeq.delete(entry.seq);
    }
  }

  #putEntry(stored: StoredEntry): void {
    const { conversation, number, seq } = stored.entry;
    const key = entryKey(conversation, number);
    const before = this.#entries.get(key);
    if (before !== undefined) this.#bySeq.delete(before.entry.seq);
    this.#entries.set(key, stored);
    // What stands in no timeline has no seq.
    if (seq > 0) this.#bySeq.set(seq, stored);
  }
}
