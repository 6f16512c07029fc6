import type { ClientEvent, ClientEvents, EventName, Unsubscribe } from "../model.ts";

type Listener<Name extends EventName> = (event: ClientEvents[Name]) => void;

/** Typed listeners by event name, and loops over all events. */
export class Emitter {
  readonly #listeners = new Map<EventName, Set<(event: never) => void>>();
  readonly #taps = new Set<Tap>();

  on<Name extends EventName>(name: Name, listener: Listener<Name>): Unsubscribe {
    const all = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, all.add(listener));
    return () => all.delete(listener);
  }

  emit(event: ClientEvent): void {
    for (const tap of this.#taps) tap.push(event);
    for (const listener of this.#listeners.get(event.type) ?? []) {
      callSafely(() => listener(event as never));
    }
  }

  /** What happens from now on; read or end it, for it keeps what was not read. */
  events(): AsyncIterableIterator<ClientEvent> {
    const tap = new Tap(() => this.#taps.delete(tap));
    this.#taps.add(tap);
    return tap;
  }

  /** Ends the loops; listeners stay for another life of the client. */
  endLoops(): void {
    for (const tap of [...this.#taps]) tap.end();
  }
}

/** A listener that throws is the app's bug: it is reported as such, and the engine goes on. */
export function callSafely(call: () => void): void {
  try {
    call();
  } catch (error) {
    void Promise.reject(error);
  }
}

class Tap implements AsyncIterableIterator<ClientEvent> {
  readonly #queue: ClientEvent[] = [];
  #waiting: ((result: IteratorResult<ClientEvent>) => void) | undefined;
  #ended = false;
  readonly #onEnd: () => void;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  push(event: ClientEvent): void {
    if (this.#waiting === undefined) this.#queue.push(event);
    else this.#answer({ done: false, value: event });
  }

  end(): void {
    this.#ended = true;
    this.#onEnd();
    this.#answer({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<ClientEvent>> {
    const value = this.#queue.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  return(): Promise<IteratorResult<ClientEvent>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #answer(result: IteratorResult<ClientEvent>): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(result);
  }
}
