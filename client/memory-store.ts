import { newMeta, Records } from "./engine/records.ts";
import type { ClientStore, OutboxDraft, StoreBatch, StoreImage } from "./store.ts";

/**
 * A store that lives as long as this object: for tests, for bots that may forget, and as the last
 * resort when a durable one has failed (then `image` is what was known). Clients that share one
 * behave like tabs of one browser.
 */
export function memoryStore(image?: StoreImage): ClientStore {
  return new MemoryStore(image);
}

class MemoryStore implements ClientStore {
  #records: Records | undefined;

  constructor(image: StoreImage | undefined) {
    this.#records = image && Records.of(image);
  }

  async open(device: string) {
    this.#records ??= new Records(newMeta(device));
    return this.#records.image();
  }

  async enqueue(draft: OutboxDraft) {
    return this.#opened().enqueue(draft);
  }

  async apply(batch: StoreBatch) {
    return this.#opened().apply(batch);
  }

  async claim() {
    return this.#opened().claim();
  }

  async read() {
    return this.#opened().image();
  }

  async range(conversation: string, from: number, to: number) {
    return this.#opened().range(conversation, from, to);
  }

  async sinceSeq(after: number, upTo: number, limit: number) {
    return this.#opened().sinceSeq(after, upTo, limit);
  }

  async close() {}

  #opened(): Records {
    if (this.#records === undefined) throw new Error("the store is not open");
    return this.#records;
  }
}
