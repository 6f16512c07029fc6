import type { AppState } from "../core/pace.ts";
import type { Clock, Lifecycle, LifecycleEvent } from "../ports.ts";

/** Whether somebody looks, and since when: what the pace of heartbeats depends on. */
export class Attention {
  readonly #clock: Clock;
  readonly #lifecycle: Lifecycle;
  #inputAt: number;
  #hiddenAt: number;

  constructor(clock: Clock, lifecycle: Lifecycle) {
    this.#clock = clock;
    this.#lifecycle = lifecycle;
    this.#inputAt = clock.monotonic();
    this.#hiddenAt = this.#inputAt;
  }

  note(event: LifecycleEvent): void {
    const now = this.#clock.monotonic();
    if (event === "hidden") this.#hiddenAt = now;
    if (event === "input" || event === "visible") this.#inputAt = now;
  }

  get visible(): boolean {
    return this.#lifecycle.kind === "headless" || this.#lifecycle.visible();
  }

  state(): AppState {
    const now = this.#clock.monotonic();
    return {
      page: this.#lifecycle.kind === "page",
      visible: this.visible,
      saving: this.#lifecycle.saving(),
      sinceInputMs: now - this.#inputAt,
      sinceHiddenMs: now - this.#hiddenAt,
    };
  }
}
