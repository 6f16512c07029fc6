import type { Observable } from "../../client/index.ts";

/** A value that changes and says so; for what several components share. */
export interface Value<T> extends Observable<T> {
  set(next: T): void;
}

export function newValue<T>(initial: T): Value<T> {
  let current = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => current,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(next) {
      if (next === current) return;
      current = next;
      for (const listener of [...listeners]) listener();
    },
  };
}
