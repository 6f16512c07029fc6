/** What an object has cost since it was woken, as it is billed, as far as the object can tell. */
export interface Reading {
  /** `user:<id>`, `group:<id>`, `stats:<shard>` or `policy`. */
  readonly object: string;
  /** When this life began: counts start at 0 with each waking, so only one life can be compared. */
  readonly since: number;
  readonly rowsWritten: number;
  readonly rowsRead: number;
  /** Requests and calls that came in, upgrades included. */
  readonly requests: number;
  /** Frames and closes of sockets; those answered by the runtime never get here. */
  readonly frames: number;
  readonly alarms: number;
  /** Estimate: time in turns and in waiting for others, which keeps the object in memory. */
  readonly activeMs: number;
}

export type Visit = "requests" | "frames" | "alarms";

/** The rows are the storage's own counters; what comes in is counted here. */
export class Meter {
  readonly #object: string;
  readonly #since: number;
  readonly #visits: Record<Visit, number> = { requests: 0, frames: 0, alarms: 0 };
  #entered = 0;
  #enteredAt = 0;
  #activeMs = 0;

  constructor(object: string, since: number) {
    this.#object = object;
    this.#since = since;
  }

  /** One thing that came in and is over when `work` returns. */
  visit<T>(kind: Visit, work: () => T): T {
    this.#visits[kind] += 1;
    this.#enter();
    try {
      return work();
    } finally {
      this.#leave();
    }
  }

  /** Time until `call` settles: waiting for a reply keeps the object awake. */
  async wait<T>(call: Promise<T>): Promise<T> {
    this.#enter();
    try {
      return await call;
    } finally {
      this.#leave();
    }
  }

  read(rows: { readonly written: number; readonly read: number }): Reading {
    return {
      object: this.#object,
      since: this.#since,
      rowsWritten: rows.written,
      rowsRead: rows.read,
      ...this.#visits,
      activeMs: this.#activeMs,
    };
  }

  #enter(): void {
    if (this.#entered === 0) this.#enteredAt = Date.now();
    this.#entered += 1;
  }

  /** Overlapping visits count once; the runtime's clock may stand still in a turn: at least 1 ms. */
  #leave(): void {
    this.#entered -= 1;
    if (this.#entered === 0) this.#activeMs += Math.max(1, Date.now() - this.#enteredAt);
  }
}
