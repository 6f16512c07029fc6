/** Simulated time: a queue of what happens next. Equal times run in the order they were asked for. */

/** 2026-01-01, so that times look like times. */
export const EPOCH_MS = 1_767_225_600_000;

interface Item {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

export class SimClock {
  /** The servers' wall clock, ms since 1970. */
  now = EPOCH_MS;
  readonly #heap: Item[] = [];
  #order = 0;

  get elapsedMs(): number {
    return this.now - EPOCH_MS;
  }

  /** Whole milliseconds. Returns the cancellation. What is due in the past happens now. */
  at(time: number, run: () => void): () => void {
    this.#order += 1;
    const item = {
      at: Math.max(Math.ceil(time), this.now),
      order: this.#order,
      run,
      cancelled: false,
    };
    this.#push(item);
    return () => {
      item.cancelled = true;
    };
  }

  after(delayMs: number, run: () => void): () => void {
    // Rounded before it is added: beside so large a time a small fraction is lost.
    return this.at(this.now + Math.ceil(delayMs), run);
  }

  /** Runs the next event if it comes before `until`; otherwise time stands at `until`. */
  step(until: number): boolean {
    let next = this.#heap[0];
    while (next?.cancelled) {
      this.#pop();
      next = this.#heap[0];
    }
    if (next === undefined || next.at > until) {
      this.now = Math.max(this.now, until);
      return false;
    }
    this.#pop();
    this.now = next.at;
    next.run();
    return true;
  }

  #push(item: Item): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(item);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, item)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = item;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      const below =
        left !== undefined && (right === undefined || isBefore(left, right)) ? left : right;
      if (below === undefined || isBefore(last, below)) break;
      heap[index] = below;
      index = below === left ? 2 * index + 1 : 2 * index + 2;
    }
    heap[index] = last;
  }
}

function isBefore(a: Item, b: Item): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
