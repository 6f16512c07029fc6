import { memoryStore } from "../memory-store.ts";
import type { Platform } from "../ports.ts";
import { headlessLifecycle, untoldNetwork } from "./headless.ts";
import { webClock, webHttp, webRandom, webSockets } from "./web.ts";

/**
 * The adapters of a Worker, or of any runtime that has timers, `fetch` and `WebSocket` and nothing
 * else: no page, no files, and no store that outlives it unless the app brings one.
 */
export function workerPlatform(): Platform {
  return {
    name: "worker",
    clock: webClock,
    random: webRandom,
    sockets: webSockets(WebSocket),
    http: webHttp,
    lifecycle: headlessLifecycle,
    network: untoldNetwork,
    openStore: () => memoryStore(),
  };
}
