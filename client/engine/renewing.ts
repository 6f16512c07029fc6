import type { Clock } from "../ports.ts";
import { Alarm } from "./alarm.ts";
import type { Requests } from "./requests.ts";
import type { Tickets } from "./tickets.ts";
import type { Tokens } from "./tokens.ts";

/** At this share of a session's life its token is renewed, without a new connection. */
const RENEW_AT = 0.8;
const AGAIN_MS = 30_000;

/** Keeps the session's token fresh. What fails here ends in a refusal, which has its own way. */
export class Renewing {
  readonly #clock: Clock;
  readonly #tokens: Tokens;
  readonly #tickets: Tickets;
  readonly #requests: Requests;
  readonly #alarm: Alarm;
  /** The server's time minus this client's monotonic one. */
  #serverAhead = 0;

  constructor(clock: Clock, tokens: Tokens, tickets: Tickets, requests: Requests) {
    this.#clock = clock;
    this.#tokens = tokens;
    this.#tickets = tickets;
    this.#requests = requests;
    this.#alarm = new Alarm(clock, () => void this.#renew());
  }

  /** Both times by the server's clock; the client's own may be years off. */
  start(expiresAt: number, serverTime: number): void {
    const now = this.#clock.monotonic();
    this.#serverAhead = serverTime - now;
    this.#alarm.set(now + Math.max(0, RENEW_AT * (expiresAt - serverTime)));
  }

  /** The session is over. */
  lost(): void {
    this.#alarm.clear();
  }

  stop(): void {
    this.#alarm.end();
  }

  async #renew(): Promise<void> {
    this.#alarm.set(this.#clock.monotonic() + AGAIN_MS);
    const token = await this.#tokens.fresh();
    if (token === undefined) return;
    const asked = this.#requests.ask("renewed", (ref) => ({ t: "renew", ref, token }));
    const renewed = await asked.catch(() => undefined);
    if (renewed === undefined) return;
    this.#tickets.hold(renewed.ticket);
    this.start(renewed.expiresAt, this.#clock.monotonic() + this.#serverAhead);
  }
}
