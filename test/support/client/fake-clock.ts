import type { Clock } from "../../../client/ports.ts";

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly call: () => void;
}

/** Time that passes only when a test says so. */
export class FakeClock implements Clock {
  private readonly timers = new Set<Timer>();
  private time = 1_000;
  private order = 0;
  /** Timers that have rung. */
  fired = 0;
  /** What the wall shows beyond the monotonic time. */
  wallOffset = 1_700_000_000_000;

  now(): number {
    return this.time + this.wallOffset;
  }

  monotonic(): number {
    return this.time;
  }

  after(delayMs: number, call: () => void): () => void {
    this.order += 1;
    const timer = { at: this.time + Math.max(0, delayMs), order: this.order, call };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** Timers that are set. */
  get pending(): number {
    return this.timers.size;
  }

  /** Lets `ms` pass, each timer in its turn, with everything that follows from it. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (let next = this.due(end); next !== undefined; next = this.due(end)) {
      this.timers.delete(next);
      this.time = Math.max(this.time, next.at);
      this.fired += 1;
      next.call();
      await settle();
    }
    this.time = end;
  }

  /** The machine sleeps: time passes and no timer fires until it wakes. */
  async sleep(ms: number): Promise<void> {
    this.time += ms;
    await this.advance(0);
  }

  private due(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timers) {
      if (timer.at > end) continue;
      if (first === undefined || timer.at < first.at) first = timer;
      else if (timer.at === first.at && timer.order < first.order) first = timer;
    }
    return first;
  }
}

/** Everything that needs no more time: promise chains, and stores that answer in macrotasks. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
