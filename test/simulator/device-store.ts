import { newMeta, Records } from "../../client/engine/records.ts";
import type { ClientStore, OutboxDraft, OutboxRow, StoreBatch } from "../../client/store.ts";
import type { SimClock } from "./clock.ts";
import type { Faults } from "./faults.ts";

/** What a device's disk tells the checkers. */
export interface StoreWitness {
  enqueued(row: OutboxRow): void;
  applied(batch: StoreBatch): void;
}

/** A process that has the disk open. */
export interface StoreUser {
  isAlive(): boolean;
  /** It ends within an operation. */
  crash(): void;
  /** Calls it back, once it is awake. */
  run(call: () => void): void;
}

/** A device's disk: survives its processes, which reach it one operation after the other. */
export class Disk {
  readonly records: Records;
  readonly #clock: SimClock;
  readonly #faults: Faults;
  readonly #name: string;
  readonly #storeMs: number;
  readonly #witness: StoreWitness;
  #freeAt = 0;

  constructor(
    clock: SimClock,
    faults: Faults,
    about: { readonly device: string; readonly storeMs: number },
    witness: StoreWitness,
  ) {
    this.#clock = clock;
    this.#faults = faults;
    this.#name = about.device;
    this.#storeMs = about.storeMs;
    this.#witness = witness;
    this.records = new Records(newMeta(about.device));
  }

  /** The store as one process sees it. */
  open(process: StoreUser): ClientStore {
    const run = <T>(work: () => T, isWrite = false): Promise<T> =>
      new Promise((resolve) => {
        this.#later(() => {
          if (!process.isAlive()) return;
          const dies = isWrite && this.#faults.hit("client-crash", this.#name);
          // Half of them die with the write on disk and nobody told, half of them without it.
          if (dies && this.#faults.unit(`crash ${this.#name}`) < 0.5) return process.crash();
          const value = work();
          if (dies) process.crash();
          else process.run(() => resolve(value));
        });
      });
    const { records } = this;
    return {
      open: () => run(() => records.image()),
      enqueue: (draft) => run(() => this.#enqueue(draft), true),
      apply: (batch) => run(() => this.#apply(batch), true),
      claim: () => run(() => records.claim()),
      read: () => run(() => records.image()),
      range: (conversation, from, to) => run(() => records.range(conversation, from, to)),
      sinceSeq: (after, upTo, limit) => run(() => records.sinceSeq(after, upTo, limit)),
      close: () => Promise.resolve(),
    };
  }

  #enqueue(draft: OutboxDraft): OutboxRow {
    const row = this.records.enqueue(draft);
    this.#witness.enqueued(row);
    return row;
  }

  #apply(batch: StoreBatch): boolean {
    const applied = this.records.apply(batch);
    if (applied) this.#witness.applied(batch);
    return applied;
  }

  #later(work: () => void): void {
    if (this.#storeMs === 0) return queueMicrotask(work);
    const takes = this.#faults.unit(`store ${this.#name}`) * this.#storeMs;
    this.#freeAt = Math.max(this.#freeAt, this.#clock.now + takes);
    this.#clock.at(this.#freeAt, work);
  }
}
