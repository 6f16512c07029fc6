/** How a socket gets in: a ticket from the last welcome, or a fresh one for the app's token. */
import type { Config } from "../options.ts";
import type { HttpCall, Platform } from "../ports.ts";
import { subjectOf } from "./token.ts";
import type { Tokens } from "./tokens.ts";

export type TicketResult =
  /** `kept`: from earlier; it may have been used or have ended meanwhile. */
  | { readonly kind: "ticket"; readonly ticket: string; readonly kept: boolean }
  | { readonly kind: "refused" }
  | { readonly kind: "forbidden" }
  | { readonly kind: "failed"; readonly what: "token" | "server" };

export class Tickets {
  readonly #config: Config;
  readonly #platform: Platform;
  readonly #tokens: Tokens;
  readonly #onUser: (user: string) => void;
  #held = "";
  #call: HttpCall | undefined;

  /** `onUser`: a token said whose it is. */
  constructor(config: Config, platform: Platform, tokens: Tokens, onUser: (user: string) => void) {
    this.#config = config;
    this.#platform = platform;
    this.#tokens = tokens;
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
    this.#tokens.refused();
    this.#held = "";
  }

  async get(device: string): Promise<TicketResult> {
    if (this.#held !== "") return { kind: "ticket", ticket: this.#held, kept: true };
    const token = await this.#tokens.get();
    if (token === undefined) return { kind: "failed", what: "token" };
    const user = subjectOf(token);
    if (user !== undefined) this.#onUser(user);
    return this.#request(token, device);
  }

  cancel(): void {
    this.#call?.cancel();
    this.#call = undefined;
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
