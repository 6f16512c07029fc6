import type { ClientStore } from "../../../client/store.ts";

type Method = Exclude<keyof ClientStore, "close">;

/**
 * The store of a process that dies at one step: the call before it has an answer, that one and all
 * later ones never get one. `after`: the transaction is committed, only nobody hears of it.
 */
export function crashingStore(
  inner: ClientStore,
  step: number,
  when: "before" | "after",
  onCrash: () => void,
): ClientStore & { readonly steps: () => number } {
  let count = 0;
  let dead = false;
  const never = new Promise<never>(() => {});

  async function run<Result>(call: () => Promise<Result>): Promise<Result> {
    if (dead) return never;
    count += 1;
    if (count < step) return call();
    dead = true;
    if (when === "after") await call();
    onCrash();
    return never;
  }

  function wrap<Name extends Method>(name: Name): ClientStore[Name] {
    const call = (...args: unknown[]) =>
      run(() => (inner[name] as (...args: unknown[]) => Promise<unknown>).apply(inner, args));
    return call as unknown as ClientStore[Name];
  }

  return {
    open: wrap("open"),
    enqueue: wrap("enqueue"),
    apply: wrap("apply"),
    claim: wrap("claim"),
    read: wrap("read"),
    range: wrap("range"),
    sinceSeq: wrap("sinceSeq"),
    close: async () => {},
    steps: () => count,
  };
}
