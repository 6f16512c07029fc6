/**
 * A store that goes on when the one below fails: opened anew once, for browsers lose their database
 * for no reason, then memory with all that is known.
 */
import { memoryStore } from "../memory-store.ts";
import type {
  ClientStore,
  OutboxDraft,
  OutboxRow,
  StoreBatch,
  StoredEntry,
  StoreImage,
  StoreMeta,
} from "../store.ts";
import { metaAfter, newMeta } from "./records.ts";

/** More than the server feeds ahead of an ack. */
const UNHANDLED = 1_000;

/** What a store would have to say, as far as memory knows it. */
export type KnownImage = () => Omit<StoreImage, "meta">;

export class GuardedStore implements ClientStore {
  #inner: ClientStore;
  #meta: StoreMeta = newMeta("");
  /** Stored and not handled by the app yet. */
  #unhandled: readonly StoredEntry[] = [];
  readonly #known: KnownImage;
  readonly #onDegraded: (cause: unknown) => void;
  #degraded = false;
  #closed = false;
  #reopening: Promise<void> | undefined;

  constructor(inner: ClientStore, known: KnownImage, onDegraded: (cause: unknown) => void) {
    this.#inner = inner;
    this.#known = known;
    this.#onDegraded = onDegraded;
  }

  async open(device: string): Promise<StoreImage> {
    this.#closed = false;
    if (this.#meta.device === "") this.#meta = newMeta(device);
    const image = this.#note(await this.#guard((store) => store.open(device)));
    const { meta } = image;
    this.#unhandled = await this.sinceSeq(meta.handled, meta.stored ?? 0, UNHANDLED);
    return image;
  }

  async enqueue(draft: OutboxDraft): Promise<OutboxRow> {
    const row = await this.#guard(
      (store) => store.enqueue(draft),
      (store) => enqueueOnce(store, draft),
    );
    this.#meta = { ...this.#meta, counter: Math.max(this.#meta.counter, row.counter) };
    return row;
  }

  async apply(batch: StoreBatch): Promise<boolean> {
    const applied = await this.#guard((store) => store.apply(batch));
    if (!applied) return false;
    this.#meta = metaAfter({ ...this.#meta, epoch: batch.epoch }, batch) ?? this.#meta;
    const entries = [...this.#unhandled, ...(batch.entries ?? [])];
    this.#unhandled = entries.filter(({ entry }) => entry.seq > this.#meta.handled);
    return true;
  }

  async claim(): Promise<number> {
    const epoch = await this.#guard((store) => store.claim());
    this.#meta = { ...this.#meta, epoch };
    return epoch;
  }

  async read(): Promise<StoreImage> {
    return this.#note(await this.#guard((store) => store.read()));
  }

  range(conversation: string, from: number, to: number) {
    return this.#guard((store) => store.range(conversation, from, to));
  }

  sinceSeq(after: number, upTo: number, limit: number) {
    return this.#guard((store) => store.sinceSeq(after, upTo, limit));
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.#inner.close();
  }

  #note(image: StoreImage): StoreImage {
    this.#meta = image.meta;
    return image;
  }

  /** `again`: for a call that may have worked although it seems to have failed. */
  async #guard<Result>(
    call: (store: ClientStore) => Promise<Result>,
    again = call,
  ): Promise<Result> {
    try {
      return await call(this.#inner);
    } catch (first) {
      // Opening anew what was closed on purpose would keep it open for ever.
      if (this.#degraded || this.#closed) throw first;
      return this.#secondTry(again, first);
    }
  }

  async #secondTry<Result>(
    call: (store: ClientStore) => Promise<Result>,
    first: unknown,
  ): Promise<Result> {
    const inner = this.#inner;
    try {
      this.#reopening ??= this.#reopen(inner);
      await this.#reopening;
      return await call(inner);
    } catch (second) {
      if (!this.#degraded) await this.#degrade(second ?? first);
      return call(this.#inner);
    }
  }

  /** Once for all calls that failed together. */
  async #reopen(inner: ClientStore): Promise<void> {
    try {
      await inner.close();
      await inner.open(this.#meta.device);
    } finally {
      this.#reopening = undefined;
    }
  }

  async #degrade(cause: unknown): Promise<void> {
    this.#degraded = true;
    const known = { ...this.#known(), meta: this.#meta };
    this.#inner = memoryStore({ ...known, lasts: [...known.lasts, ...this.#unhandled] });
    await this.#inner.open(this.#meta.device);
    this.#onDegraded(cause);
  }
}

/** The failed call may have written the row all the same: its key tells. */
async function enqueueOnce(store: ClientStore, draft: OutboxDraft): Promise<OutboxRow> {
  const { outbox } = await store.read();
  const isIt = (row: OutboxRow) => row.key === draft.key && row.counter !== draft.replaces;
  return outbox.find(isIt) ?? store.enqueue(draft);
}
