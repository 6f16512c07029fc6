import { newMeta, Records } from "./records.ts";
import type { ClientStore, OutboxDraft, StoreBatch } from "./store.ts";

/**
 * A store that lives as long as this object: for tests, for bots that may forget, and as the last
 * resort when a durable one has failed. Clients that share one behave like tabs of one browser.
 */
export function memoryStore(): ClientStore {
  return new MemoryStore();
}

class MemoryStore implements ClientStore {
  private records = new Records(newMeta(""));
  private isOpen = false;

  async open(device: string) {
    if (!this.isOpen) this.records = new Records(newMeta(device));
    this.isOpen = true;
    return this.records.image();
  }

  async enqueue(draft: OutboxDraft) {
    return this.records.enqueue(draft);
  }

  async apply(batch: StoreBatch) {
    return this.records.apply(batch);
  }

  async claim() {
    return this.records.claim();
  }

  async read() {
    return this.records.image();
  }

  async range(conversation: string, from: number, to: number) {
    return this.records.range(conversation, from, to);
  }

  async sinceSeq(after: number, upTo: number, limit: number) {
    return this.records.sinceSeq(after, upTo, limit);
  }

  async close() {}
}
