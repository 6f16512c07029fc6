import type { Lifecycle, LifecycleEvent, Network, NetworkEvent, Platform } from "../ports.ts";
import { indexedDbStore } from "./indexeddb.ts";
import { webClock, webHttp, webRandom, webSockets } from "./web.ts";
import { hasWebLocks, webTabs } from "./web-locks.ts";

export { makeThumbnail } from "./thumbnail.ts";

/** The adapters of a page. */
export function defaultPlatform(): Platform {
  return browserPlatform();
}

export function browserPlatform(): Platform {
  return {
    name: "browser",
    clock: webClock,
    random: webRandom,
    sockets: webSockets(WebSocket),
    http: webHttp,
    lifecycle,
    network,
    ...(hasWebLocks() ? { tabs: webTabs } : {}),
    openStore: (name) => indexedDbStore(hasWebLocks() ? name : `${name}:${tabName()}`),
    files: async () => (await import("./indexeddb-files.ts")).indexedDbFiles(),
  };
}

/** Without locks two tabs can't share a store safely: each is a device of its own. */
function tabName(): string {
  const key = "holdfast:tab";
  const known = sessionStorage.getItem(key);
  if (known !== null) return known;
  const made = webRandom.id();
  sessionStorage.setItem(key, made);
  return made;
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
