import type { Clock } from "../ports.ts";

/** One timer at a monotonic time; setting it again moves it, until it has ended. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #cancel: (() => void) | undefined;
  #at = Number.POSITIVE_INFINITY;
  #ended = false;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Undefined: not at all. */
  set(at: number | undefined): void {
    if (at === this.#at) return;
    this.clear();
    if (this.#ended || at === undefined || at === Number.POSITIVE_INFINITY) return;
    this.#at = at;
    this.#cancel = this.#clock.after(Math.max(0, at - this.#clock.monotonic()), () => {
      this.clear();
      this.#ring();
    });
  }

  /** Not later than this. */
  setEarlier(at: number): void {
    if (at < this.#at) this.set(at);
  }

  /** For good: what is still under way when its owner stops can't set it again. */
  end(): void {
    this.clear();
    this.#ended = true;
  }

  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#at = Number.POSITIVE_INFINITY;
  }
}
