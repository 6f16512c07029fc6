import { authConfig, verifyToken } from "./auth.ts";
import type { HoldfastEnv } from "./env.ts";
import { serverKeys } from "./keys.ts";
import { logFailure } from "./log.ts";
import { mintTicket } from "./tickets.ts";
import type { Renewal } from "./user/turn.ts";

/** A fresh token for a running session: must name the same user; brings a new ticket with it. */
export async function renewal(
  env: HoldfastEnv,
  asked: { readonly user: string; readonly device: string; readonly token: string },
): Promise<Renewal> {
  const { user, device, token } = asked;
  const now = Date.now();
  try {
    const verified = await verifyToken(token, await authConfig(env), now);
    if (!verified.ok || verified.user !== user) return { ok: false, code: "unauthenticated" };
    const { expiresAt } = verified;
    const keys = await serverKeys(env);
    const wish = { user, device, until: expiresAt, purpose: "resume" } as const;
    const ticket = await mintTicket(wish, keys.ticket, now, Math.random());
    return { ok: true, expiresAt, ticket: ticket.text };
  } catch (error) {
    // The keys could not be had: says nothing about the token.
    logFailure("renewal", error);
    return { ok: false, code: "busy" };
  }
}
