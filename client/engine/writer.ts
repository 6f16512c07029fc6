import type { ClientStore, StoreBatch } from "../store.ts";
import type { Change } from "./change.ts";

export interface WriterEvents {
  /** Committed: tell the book, the handles and the other tabs. */
  onChange(change: Change): void;
  /** Another tab has taken the lead: this one must stop. */
  onFenced(): void;
  /** A job failed for a reason that it did not foresee. */
  onBroken(error: unknown): void;
}

/**
 * All writes of the leader, one after the other: what is folded is read from the book and written
 * to the store without anything in between, and told only after the commit.
 */
export class Writer {
  readonly #store: ClientStore;
  readonly #events: WriterEvents;
  #tail: Promise<unknown> = Promise.resolve();
  #stopped = false;
  readonly #epoch: number;

  constructor(store: ClientStore, epoch: number, events: WriterEvents) {
    this.#store = store;
    this.#epoch = epoch;
    this.#events = events;
  }

  /** Jobs run in the order of the calls; one that comes after `stop` is left out. */
  enter(job: () => Promise<void>): void {
    void this.run(job).catch((error) => this.broken(error));
  }

  /** For work that nobody awaits: what it did not foresee is told, and ends no process. */
  broken(error: unknown): void {
    if (!this.#stopped) this.#events.onBroken(error);
  }

  /** As `enter`, for one whose end matters to the caller; after `stop` it ends without having run. */
  run(job: () => Promise<void>): Promise<void> {
    const turn = this.#tail.then(() => (this.#stopped ? undefined : job()));
    this.#tail = turn.catch(() => {});
    return turn;
  }

  /** Only within a job. False: fenced, nothing was written or told. */
  async commit(batch: Omit<StoreBatch, "epoch">, change: Change): Promise<boolean> {
    const written = await this.#store.apply({ ...batch, epoch: this.#epoch });
    if (this.#stopped) return false;
    if (written) this.#events.onChange(change);
    else this.#events.onFenced();
    return written;
  }

  /** What is being written is still written; nothing is told any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#tail;
  }
}
