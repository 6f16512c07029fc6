import type { Platform } from "./ports.ts";
import type { ClientStore } from "./store.ts";

export interface ClientOptions {
  /** Where the server is, e.g. `https://chat.example.com`; http or https. */
  readonly url: string;
  /**
   * Gives the app's token for this user, asked for when there is no ticket or it is refused, and for
   * what goes over HTTP; each of the two asks on its own, one call at a time, capped at 10 s.
   */
  readonly token: () => Promise<string>;
  /**
   * Who signs in; names the local store, so that several people can share one browser. Absent: read
   * from the token, and the store is shared by whoever signs in, which the second one is refused.
   */
  readonly user?: string;
  /** Device id for a new store. Absent: 128 random bits. Never give one whose store was lost. */
  readonly device?: string;
  /** What connects, for the operator's statistics. Default: `holdfast` and this version. */
  readonly app?: { readonly name: string; readonly version: string };
  /** Where messages are kept. Default: the platform's (IndexedDB; in Node a file). */
  readonly store?: ClientStore;
  /** Runtime adapters. Default: browser or Node, whichever this is. */
  readonly platform?: Platform;
  /** A message that was not accepted by then fails with `expired`, in ms. Default: 7 days. */
  readonly messageTtlMs?: number;
  /** History and other requests, in ms. Default: 30,000. */
  readonly requestTimeoutMs?: number;
  /** One attempt to connect, token and upgrade included, in ms. Default: 10,000. */
  readonly connectTimeoutMs?: number;
  /** Messages that waited longer than this are not sent before `resend(key)`. Default: off. */
  readonly askAfterMs?: number;
  /** What a refused message does to those behind it in its conversation. Default: `hold`. */
  readonly onRejected?: "hold" | "drop";
}

/** All options with their defaults in place. */
export interface Config {
  readonly url: string;
  readonly user: string;
  readonly device: string | undefined;
  readonly app: { readonly name: string; readonly version: string };
  readonly messageTtlMs: number;
  readonly requestTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly askAfterMs: number;
  readonly onRejected: "hold" | "drop";
}

const DAY_MS = 86_400_000;

export function configOf(options: ClientOptions): Config {
  return {
    url: options.url.replace(/\/+$/, ""),
    user: options.user ?? "",
    device: options.device,
    app: options.app ?? { name: "holdfast", version: "0.1.0" },
    messageTtlMs: options.messageTtlMs ?? 7 * DAY_MS,
    requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    askAfterMs: options.askAfterMs ?? Number.POSITIVE_INFINITY,
    onRejected: options.onRejected ?? "hold",
  };
}
