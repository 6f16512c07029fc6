/**
 * What the engine needs from the world. Browser and Node adapters stand in platform/; a simulator
 * or another runtime brings its own. Nothing outside platform/ touches a global.
 */
import type { FilePlatform } from "./files.ts";
import type { Unsubscribe } from "./model.ts";
import type { ClientStore } from "./store.ts";

export interface Clock {
  /** Wall time, ms since 1970; may jump. */
  now(): number;
  /** Ms since some start; never goes back, but may stand still while the machine sleeps. */
  monotonic(): number;
  /** Calls once, not before `delayMs`, maybe much later. Returns the cancellation. */
  after(delayMs: number, call: () => void): () => void;
}

export interface Random {
  /** From 0 up to, not including, 1. */
  unit(): number;
  /** 128 random bits as 22 characters of base64url, from a cryptographic source. */
  id(): string;
}

export interface SocketEvents {
  onOpen(): void;
  onText(text: string): void;
  /** At most once; also when the socket could not be opened. */
  onClose(code: number, reason: string): void;
}

export interface Socket {
  /** Queues the text; says nothing about its arrival. */
  send(text: string): void;
  /** `onClose` may still follow, late or never. */
  close(code: number, reason: string): void;
}

export interface Sockets {
  open(url: string, protocols: readonly string[], events: SocketEvents): Socket;
}

export interface HttpResponse {
  readonly status: number;
  /** Parsed JSON, or undefined when the answer was none. */
  readonly body: unknown;
}

export interface HttpCall {
  readonly response: Promise<HttpResponse>;
  cancel(): void;
}

export interface Http {
  get(url: string, headers: Readonly<Record<string, string>>): HttpCall;
  post(url: string, headers: Readonly<Record<string, string>>, body: unknown): HttpCall;
  put(url: string, headers: Readonly<Record<string, string>>, body: unknown): HttpCall;
  delete(url: string, headers: Readonly<Record<string, string>>): HttpCall;
}

/**
 * visible, hidden: a page's state changed · input: somebody uses it (at most one per 5 s is needed)
 * · resume: it ran again after being frozen or asleep · suspend: it is about to be put away.
 */
export type LifecycleEvent = "visible" | "hidden" | "input" | "resume" | "suspend";

export interface Lifecycle {
  /** `headless`: no page at all, as in Node. */
  readonly kind: "page" | "headless";
  visible(): boolean;
  /** A phone, on battery, or asked to save data: worth disconnecting while hidden. */
  saving(): boolean;
  subscribe(listener: (event: LifecycleEvent) => void): Unsubscribe;
}

/** `changed` names the new type where the runtime tells it, e.g. `wifi`. */
export type NetworkEvent =
  | { readonly kind: "online" }
  | { readonly kind: "offline" }
  | { readonly kind: "changed"; readonly to?: string };

export interface Network {
  /** False only when there surely is no network. */
  online(): boolean;
  subscribe(listener: (event: NetworkEvent) => void): Unsubscribe;
}

/** Several clients over one store, e.g. tabs of a browser. */
export interface Tabs {
  /**
   * Asks to lead. `onLead` is called when this one leads, `onLost` when another took it by `force`.
   * Calling the result gives leadership, or the wish for it, back.
   */
  lead(name: string, onLead: () => void, onLost: () => void, force: boolean): Unsubscribe;
  /** Messages to all others of the same name; never to oneself. */
  channel(name: string, onMessage: (message: unknown) => void): TabChannel;
}

export interface TabChannel {
  post(message: unknown): void;
  close(): void;
}

/** A runtime. `tabs` is absent where a client is alone with its store. */
export interface Platform {
  /** Told to the server, e.g. `browser` or `node`. */
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly sockets: Sockets;
  readonly http: Http;
  readonly lifecycle: Lifecycle;
  readonly network: Network;
  readonly tabs?: Tabs;
  /** The store that a client gets when it brings none; `name` tells users and servers apart. */
  openStore(name: string): ClientStore;
  /** What moves files, loaded with the first of them; absent where none can be sent. */
  files?(): Promise<FilePlatform>;
}
