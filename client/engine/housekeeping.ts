import type { Clock } from "../ports.ts";
import type { Handles } from "./handles.ts";

const EVERY_MS = 3_600_000;

/** Nobody waits for ever for a device that never comes back. Returns what ends it. */
export function keepHouse(clock: Clock, handles: Handles, messageTtlMs: number): () => void {
  let cancel = () => {};
  const wait = () => {
    cancel = clock.after(EVERY_MS, () => {
      handles.expire(clock.now() - messageTtlMs);
      wait();
    });
  };
  wait();
  return () => cancel();
}
