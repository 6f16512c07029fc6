import type { Clock } from "../ports.ts";

/** The server's time; what this machine takes for the time counts for nothing. */
export class ServerClock {
  readonly #clock: Clock;
  /** Server time less monotonic time; undefined: the server has not said what time it is. */
  #offset: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isSet(): boolean {
    return this.#offset !== undefined;
  }

  get now(): number {
    return (this.#offset ?? 0) + this.#clock.monotonic();
  }

  set(serverTime: number): void {
    this.#offset = serverTime - this.#clock.monotonic();
  }

  /** A clock that stood still while the machine slept is behind what was said since. */
  isAtLeast(serverTime: number): void {
    if (this.isSet && serverTime > this.now) this.set(serverTime);
  }

  /** On the monotonic clock. */
  monotonicAt(serverTime: number): number {
    return serverTime - (this.#offset ?? 0);
  }
}
