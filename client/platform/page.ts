/** What a page tells of itself and of its network, and a platform that keeps nothing beyond it. */
import { memoryStore } from "../memory-store.ts";
import type { Lifecycle, LifecycleEvent, Network, NetworkEvent, Platform } from "../ports.ts";
import { webClock, webHttp, webRandom, webSockets } from "./web.ts";

/** One tab that forgets: a reload takes what was not accepted. */
export function pagePlatform(): Platform {
  return { ...pageAdapters(), openStore: () => memoryStore() };
}

export function pageAdapters(): Omit<Platform, "openStore"> {
  return {
    name: "browser",
    clock: webClock,
    random: webRandom,
    sockets: webSockets(WebSocket),
    http: webHttp,
    lifecycle,
    network,
  };
}

interface NetworkInformation extends EventTarget {
  readonly type?: string;
  readonly effectiveType?: string;
  readonly saveData?: boolean;
}

/** Chrome and Android have it; Safari and Firefox do not. */
function connection(): NetworkInformation | undefined {
  return (navigator as { connection?: NetworkInformation }).connection;
}

const INPUT_EVERY_MS = 5_000;

const lifecycle: Lifecycle = {
  kind: "page",
  visible: () => document.visibilityState === "visible",
  saving: () => connection()?.saveData === true || matchMedia("(pointer: coarse)").matches,
  subscribe(listener) {
    const until = new AbortController();
    const on = (target: EventTarget, type: string, event: () => LifecycleEvent | undefined) => {
      const call = () => {
        const happened = event();
        if (happened !== undefined) listener(happened);
      };
      target.addEventListener(type, call, { signal: until.signal, passive: true });
    };
    on(document, "visibilitychange", () => document.visibilityState);
    // After thawing, Chrome 149 does not always say that the page is visible.
    on(document, "resume", () => "resume");
    on(window, "pageshow", () => "resume");
    on(window, "pagehide", () => "suspend");
    for (const type of ["pointerdown", "keydown"]) on(document, type, throttledInput());
    return () => until.abort();
  },
};

function throttledInput(): () => LifecycleEvent | undefined {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now - last < INPUT_EVERY_MS) return undefined;
    last = now;
    return "input";
  };
}

const network: Network = {
  online: () => navigator.onLine,
  subscribe(listener) {
    const until = new AbortController();
    const { signal } = until;
    addEventListener("online", () => listener({ kind: "online" }), { signal });
    addEventListener("offline", () => listener({ kind: "offline" }), { signal });
    connection()?.addEventListener("change", () => listener(changed()), { signal });
    return () => until.abort();
  },
};

function changed(): NetworkEvent {
  const to = connection()?.type ?? connection()?.effectiveType;
  return to === undefined ? { kind: "changed" } : { kind: "changed", to };
}
