import { type AckPlan, ackAt, noteHandled } from "../core/inbox.ts";
import type { Clock } from "../ports.ts";
import { Alarm } from "./alarm.ts";

/** Gathers what was handled and has it told a little later, all at once. */
export class Acks {
  readonly #clock: Clock;
  readonly #alarm: Alarm;
  #plan: AckPlan | undefined;
  #delays = { ackDelayMs: 100, ackMaxMs: 1_000 };

  constructor(clock: Clock, tell: () => void) {
    this.#clock = clock;
    this.#alarm = new Alarm(clock, () => {
      this.#plan = undefined;
      tell();
    });
  }

  /** What the server wants: after the last entry, and at the latest after the first. */
  setDelays(delays: { readonly ackDelayMs: number; readonly ackMaxMs: number }): void {
    this.#delays = delays;
  }

  /** `count` 0: nothing new, but the server should hear again where we are. */
  note(count: number): void {
    this.#plan = noteHandled(this.#plan, count, this.#clock.monotonic());
    this.#alarm.set(ackAt(this.#plan, this.#delays));
  }

  again(afterMs: number): void {
    this.#alarm.setEarlier(this.#clock.monotonic() + afterMs);
  }

  stop(): void {
    this.#alarm.end();
    this.#plan = undefined;
  }
}
