import type { Observable, Unsubscribe } from "../model.ts";
import { callSafely } from "./emitter.ts";

/** A value made when it is asked for, and made anew only after it was touched. */
export class Signal<Value> implements Observable<Value> {
  readonly #make: () => Value;
  readonly #onWatch: () => void;
  readonly #listeners = new Set<() => void>();
  #value: { readonly of: Value } | undefined;

  /** `onWatch` is called when somebody subscribes. */
  constructor(make: () => Value, onWatch: () => void = () => {}) {
    this.#make = make;
    this.#onWatch = onWatch;
  }

  get watched(): boolean {
    return this.#listeners.size > 0;
  }

  readonly get = (): Value => {
    this.#value ??= { of: this.#make() };
    return this.#value.of;
  };

  readonly subscribe = (listener: () => void): Unsubscribe => {
    this.#listeners.add(listener);
    this.#onWatch();
    return () => this.#listeners.delete(listener);
  };

  touch(): void {
    this.#value = undefined;
    for (const listener of [...this.#listeners]) callSafely(listener);
  }
}
