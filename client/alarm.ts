import type { Clock } from "./ports.ts";

/** One timer at a monotonic time; setting it again moves it. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #cancel: (() => void) | undefined;
  #at = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Undefined: not at all. */
  set(at: number | undefined): void {
    if (at === this.#at) return;
    this.clear();
    if (at === undefined || at === Number.POSITIVE_INFINITY) return;
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

  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#at = Number.POSITIVE_INFINITY;
  }
}
