import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Clock, Platform } from "../ports.ts";
import type { ClientStore } from "../store.ts";
import { fileStore } from "./file-store.ts";
import { headlessLifecycle, untoldNetwork } from "./headless.ts";
import { hasSqlite, sqliteStore } from "./node-sqlite.ts";
import {
  MAX_TIMEOUT_MS,
  type WebSocketClass,
  webClock,
  webHttp,
  webRandom,
  webSockets,
} from "./web.ts";

export { fileStore } from "./file-store.ts";
export { hasSqlite, sqliteStore } from "./node-sqlite.ts";

export interface NodeOptions {
  /** Where stores are kept. Default: `.holdfast` in the working directory. */
  readonly directory?: string;
  /** Default: Node's own, or that of the package `ws` where Node has none. */
  readonly webSocket?: WebSocketClass;
}

/** What waits this long only looks again whether something is to be done. */
const LOOK_AGAIN_MS = 3_600_000;

/** A process that has nothing else to do need not stay for that. */
const nodeClock: Clock = {
  ...webClock,
  after(delayMs, call) {
    if (delayMs < LOOK_AGAIN_MS) return webClock.after(delayMs, call);
    const timer = setTimeout(call, Math.min(delayMs, MAX_TIMEOUT_MS)).unref();
    return () => clearTimeout(timer);
  },
};

/** The adapters of a process. */
export function defaultPlatform(): Platform {
  return nodePlatform();
}

export function nodePlatform(options: NodeOptions = {}): Platform {
  const directory = options.directory ?? ".holdfast";
  return {
    name: "node",
    clock: nodeClock,
    random: webRandom,
    sockets: webSockets(options.webSocket ?? globalThis.WebSocket ?? packagedWebSocket()),
    http: webHttp,
    lifecycle: headlessLifecycle,
    network: untoldNetwork,
    openStore: (name) => openStore(directory, name),
    files: async () => (await import("./node-files.ts")).nodeFiles(directory),
  };
}

/** A store in a file: SQLite where Node has it. One process at a time may use it. */
export function openStore(directory: string, name: string): ClientStore {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, name.replace(/[^A-Za-z0-9._@-]+/g, "_"));
  return hasSqlite() ? sqliteStore(`${file}.db`) : fileStore(`${file}.jsonl`);
}

function packagedWebSocket(): WebSocketClass {
  const { WebSocket } = createRequire(import.meta.url)("ws") as { WebSocket: WebSocketClass };
  return WebSocket;
}
