import { TIMING } from "../../protocol/timing.ts";
import { SUB_PROTOCOL, TICKET_PREFIX } from "../../protocol/version.ts";
import type { SocketGrant } from "../../worker/requests.ts";
import type { Renewal } from "../../worker/user/turn.ts";
import type { SimClock } from "./clock.ts";

/** Tickets of a welcome open the next socket for a day. */
const RESUME_MS = 86_400_000;

interface Claims {
  readonly user: string;
  readonly device: string;
  readonly number: number;
  readonly expiresAt: number;
  readonly until: number;
}

/** The Worker in front of the objects, without its cryptography: tokens and tickets in the clear. */
export class Edge {
  readonly #clock: SimClock;
  readonly #tokenMs: number;
  #minted = 0;

  constructor(clock: SimClock, tokenMs: number) {
    this.#clock = clock;
    this.#tokenMs = tokenMs;
  }

  /** The app's token for a user; looks like a JWT. */
  token(user: string): string {
    const now = this.#clock.now;
    const claims = { sub: user, iat: now / 1_000, exp: (now + this.#tokenMs) / 1_000 };
    return `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.`;
  }

  /** Whose token it is; undefined: it is no good any more. */
  userOf(token: string): string | undefined {
    const { sub, exp } = claimsOf(token);
    return exp * 1_000 + TIMING.clockSkewMs < this.#clock.now ? undefined : sub;
  }

  /** Undefined: the token is no good any more. */
  ticket(token: string, device: string): string | undefined {
    const { sub, exp } = claimsOf(token);
    if (this.userOf(token) === undefined) return undefined;
    const until = exp * 1_000;
    return this.#mint({ user: sub, device, until }, TIMING.ticketMs, 0);
  }

  /** What the Worker says to the object about a socket that it hands over. */
  grant(protocols: readonly string[]): SocketGrant | undefined {
    const offered = protocols.find((protocol) => protocol.startsWith(TICKET_PREFIX));
    if (offered === undefined || !protocols.includes(SUB_PROTOCOL)) return undefined;
    const claims = JSON.parse(offered.slice(TICKET_PREFIX.length)) as Claims;
    if (this.#clock.now >= Math.min(claims.expiresAt, claims.until)) return undefined;
    const { user, device, until, number } = claims;
    const nextTicket = this.#mint({ user, device, until }, RESUME_MS, number);
    return { user, device, ticketNumber: number, expiresAt: until, nextTicket, network: "n1" };
  }

  renew(user: string, device: string, token: string): Renewal {
    const { sub, exp } = claimsOf(token);
    const until = exp * 1_000;
    if (sub !== user || until + TIMING.clockSkewMs < this.#clock.now) {
      return { ok: false, code: "unauthenticated" };
    }
    const ticket = this.#mint({ user, device, until }, RESUME_MS, 0);
    return { ok: true, expiresAt: until, ticket };
  }

  #mint(
    whose: { readonly user: string; readonly device: string; readonly until: number },
    lifeMs: number,
    above: number,
  ): string {
    this.#minted += 1;
    // Time first, so that numbers rise: as worker/tickets.ts has it.
    const number = Math.max(this.#clock.now * 1_024 + (this.#minted % 1_024), above + 1);
    const expiresAt = Math.min(whose.until, this.#clock.now + lifeMs);
    const claims: Claims = { ...whose, number, expiresAt };
    return JSON.stringify(claims);
  }
}

function claimsOf(token: string): { readonly sub: string; readonly exp: number } {
  const [, payload = ""] = token.split(".");
  return JSON.parse(Buffer.from(payload, "base64url").toString()) as { sub: string; exp: number };
}
