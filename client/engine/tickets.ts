/** How a socket gets in: a ticket from the last welcome, or a fresh one for the app's token. */
import type { Config } from "../options.ts";
import type { HttpCall, Platform } from "../ports.ts";
import type { TokenSource } from "./file-calls.ts";
import { lifetimeOf, subjectOf } from "./token.ts";

export type TicketResult =
  /** `kept`: from earlier; it may have been used or have ended meanwhile. */
  | { readonly kind: "ticket"; readonly ticket: string; readonly kept: boolean }
  | { readonly kind: "refused" }
  | { readonly kind: "forbidden" }
  | { readonly kind: "failed"; readonly what: "token" | "server" };

export type TokenResult =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "failed" };

/** Before the token ends, so that it never ends on its way. */
const USED_LIFETIME = 0.8;

export class Tickets {
  readonly #config: Config;
  readonly #platform: Platform;
  readonly #provider: () => Promise<string>;
  readonly #onUser: (user: string) => void;
  #held = "";
  #known: { readonly token: string; readonly until: number } | undefined;
  #asking: Promise<TokenResult> | undefined;
  #call: HttpCall | undefined;
  #giveUp: () => void = () => {};

  /** `onUser`: a token said whose it is. */
  constructor(
    config: Config,
    platform: Platform,
    provider: () => Promise<string>,
    onUser: (user: string) => void,
  ) {
    this.#config = config;
    this.#platform = platform;
    this.#provider = provider;
    this.#onUser = onUser;
  }

  /** For the next connection. */
  hold(ticket: string): void {
    this.#held = ticket;
  }

  /** A ticket opens one socket; the server has seen this one. */
  spent(): void {
    this.#held = "";
  }

  /** Neither the ticket nor the token that it was made from is any good. */
  refused(): void {
    this.#known = undefined;
    this.#held = "";
  }

  async get(device: string): Promise<TicketResult> {
    if (this.#held !== "") return { kind: "ticket", ticket: this.#held, kept: true };
    const result = await this.token();
    if (result.kind === "failed") return { kind: "failed", what: "token" };
    return this.#request(result.token, device);
  }

  /** One call of the app's function for all who wait; a token is used until shortly before its end. */
  token(): Promise<TokenResult> {
    const known = this.#known;
    if (known !== undefined && this.#platform.clock.now() < known.until) {
      return Promise.resolve({ kind: "token", token: known.token });
    }
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** For a renewal: the known token is older than it should be. */
  fresh(): Promise<TokenResult> {
    this.#known = undefined;
    return this.token();
  }

  cancel(): void {
    this.#call?.cancel();
    this.#call = undefined;
  }

  /** Nobody waits for the app's function any more. */
  stop(): void {
    this.cancel();
    this.#giveUp();
  }

  async #ask(): Promise<TokenResult> {
    const token = await this.#within(this.#config.connectTimeoutMs, this.#provider);
    if (typeof token !== "string") return { kind: "failed" };
    const now = this.#platform.clock.now();
    this.#known = { token, until: now + USED_LIFETIME * lifetimeOf(token, now) };
    const user = subjectOf(token);
    if (user !== undefined) this.#onUser(user);
    return { kind: "token", token };
  }

  /** Undefined when the app's function fails or takes too long. */
  #within(limitMs: number, provider: () => Promise<string>): Promise<string | undefined> {
    return new Promise((resolve) => {
      const settle = (token: string | undefined) => {
        cancel();
        resolve(token);
      };
      const giveUp = () => settle(undefined);
      const cancel = this.#platform.clock.after(limitMs, giveUp);
      this.#giveUp = giveUp;
      const asked = Promise.resolve().then(provider);
      asked.then(settle, giveUp);
    });
  }

  async #request(token: string, device: string): Promise<TicketResult> {
    const headers = { authorization: `Bearer ${token}` };
    const call = this.#platform.http.post(`${this.#config.url}/v1/tickets`, headers, { device });
    this.#call = call;
    const response = await call.response.catch(() => undefined);
    if (response === undefined) return { kind: "failed", what: "server" };
    if (response.status === 401) return { kind: "refused" };
    if (response.status === 403) return { kind: "forbidden" };
    const ticket = ticketOf(response.body);
    if (ticket === undefined) return { kind: "failed", what: "server" };
    this.#held = ticket;
    return { kind: "ticket", ticket, kept: false };
  }
}

function ticketOf(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || !("ticket" in body)) return undefined;
  return typeof body.ticket === "string" ? body.ticket : undefined;
}

/** For requests that carry a token themselves. */
export function tokenOf(tickets: Tickets): TokenSource {
  return async (fresh) => {
    const result = await (fresh ? tickets.fresh() : tickets.token());
    return result.kind === "token" ? result.token : undefined;
  };
}
