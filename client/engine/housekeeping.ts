import type { Clock } from "../ports.ts";
import type { Handles } from "./handles.ts";

const EVERY_MS = 3_600_000;

/** Nobody waits for ever for a device that never comes back. */
export class Housekeeping {
  readonly #clock: Clock;
  readonly #handles: Handles;
  readonly #messageTtlMs: number;
  #cancel: () => void = () => {};

  constructor(clock: Clock, handles: Handles, messageTtlMs: number) {
    this.#clock = clock;
    this.#handles = handles;
    this.#messageTtlMs = messageTtlMs;
  }

  start(): void {
    this.#cancel = this.#clock.after(EVERY_MS, () => {
      this.#handles.expire(this.#clock.now() - this.#messageTtlMs);
      this.start();
    });
  }

  stop(): void {
    this.#cancel();
  }
}
