/** Tabs of one origin, by Web Locks and BroadcastChannel. */
import type { Tabs } from "../ports.ts";

/** Only in secure contexts. */
export function hasWebLocks(): boolean {
  return typeof navigator.locks === "object" && typeof BroadcastChannel === "function";
}

export const webTabs: Tabs = {
  lead(name, onLead, onLost, force) {
    const waiting = new AbortController();
    let release: () => void = () => {};
    let isOver = false;
    const hold = () => {
      if (isOver) return undefined;
      onLead();
      return new Promise<void>((resolve) => {
        release = resolve;
      });
    };
    // `steal` and `signal` exclude each other.
    const options = force ? { steal: true } : { signal: waiting.signal };
    navigator.locks.request(name, options, hold).catch(() => {
      // Rejected when stolen, or when we gave up waiting; only the first is news.
      if (!isOver) onLost();
    });
    return () => {
      isOver = true;
      waiting.abort();
      release();
    };
  },

  channel(name, onMessage) {
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => onMessage(data);
    return {
      post: (message) => channel.postMessage(message),
      close: () => channel.close(),
    };
  },
};
