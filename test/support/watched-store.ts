/** A store of the SDK that tells which entries it has committed. */
import type {
  ClientStore,
  OutboxDraft,
  OutboxRow,
  StoreBatch,
  StoredEntry,
  StoreImage,
} from "../../client/store.ts";

export class WatchedStore implements ClientStore {
  readonly #inner: ClientStore;
  readonly #onEntry: (stored: StoredEntry) => void;

  constructor(inner: ClientStore, onEntry: (stored: StoredEntry) => void) {
    this.#inner = inner;
    this.#onEntry = onEntry;
  }

  async apply(batch: StoreBatch): Promise<boolean> {
    const isWritten = await this.#inner.apply(batch);
    if (isWritten) for (const stored of batch.entries ?? []) this.#onEntry(stored);
    return isWritten;
  }

  open(device: string): Promise<StoreImage> {
    return this.#inner.open(device);
  }

  enqueue(draft: OutboxDraft): Promise<OutboxRow> {
    return this.#inner.enqueue(draft);
  }

  claim(): Promise<number> {
    return this.#inner.claim();
  }

  read(): Promise<StoreImage> {
    return this.#inner.read();
  }

  range(conversation: string, from: number, to: number): Promise<readonly StoredEntry[]> {
    return this.#inner.range(conversation, from, to);
  }

  sinceSeq(after: number, upTo: number, limit: number): Promise<readonly StoredEntry[]> {
    return this.#inner.sinceSeq(after, upTo, limit);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
