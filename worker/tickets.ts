/**
 * Tickets open sockets: short, signed, bound to a user and a device, sent as a sub-protocol and
 * never in a URL. Each has a number, rising per device; the user's object takes none twice.
 */
import { base64url } from "jose";
import * as v from "valibot";
import { deviceIdSchema, userIdSchema } from "../protocol/ids.ts";
import { TIMING } from "../protocol/timing.ts";

const timeSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const claimsSchema = v.strictObject({
  user: userIdSchema,
  device: deviceIdSchema,
  number: timeSchema,
  /** End of the ticket, ms. */
  expiresAt: timeSchema,
  /** End of the token that it was given for, ms. */
  until: timeSchema,
  /** `open`: asked for with a token. `resume`: came with the welcome of the socket before. */
  purpose: v.picklist(["open", "resume"]),
});
export type TicketClaims = v.InferOutput<typeof claimsSchema>;

export type OpenedTicket =
  | { readonly ok: true; readonly claims: TicketClaims }
  | { readonly ok: false; readonly why: "expired" | "invalid" };

export interface TicketWish {
  readonly user: string;
  readonly device: string;
  readonly until: number;
  readonly purpose: TicketClaims["purpose"];
  /** The number must be above this one: that of the ticket just used. */
  readonly above?: number;
}

export interface Ticket {
  readonly text: string;
  readonly number: number;
  readonly expiresAt: number;
}

const RESUME_MS = 86_400_000;
const TICKET_CHARACTERS = 1_024;
const NUMBERS_PER_MS = 1_024;

/** `random`: from 0 up to, not including, 1. */
export async function mintTicket(
  wish: TicketWish,
  key: CryptoKey,
  now: number,
  random: number,
): Promise<Ticket> {
  const { user, device, until, purpose } = wish;
  const lifeMs = purpose === "open" ? TIMING.ticketMs : RESUME_MS;
  const expiresAt = Math.min(until, now + lifeMs);
  const number = ticketNumber(now, random, wish.above ?? 0);
  const claims: TicketClaims = { user, device, number, expiresAt, until, purpose };
  const payload = base64url.encode(JSON.stringify(claims));
  const mac = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(payload));
  return { text: `${payload}.${base64url.encode(new Uint8Array(mac))}`, number, expiresAt };
}

export async function openTicket(text: string, key: CryptoKey, now: number): Promise<OpenedTicket> {
  const payload = await authenticPayload(text, key);
  if (payload === undefined) return { ok: false, why: "invalid" };
  // Ours, since the key says so; the schema guards against a version that wrote it otherwise.
  const parsed = v.safeParse(claimsSchema, JSON.parse(new TextDecoder().decode(payload)));
  if (!parsed.success) return { ok: false, why: "invalid" };
  const claims = parsed.output;
  const isExpired = now >= claims.expiresAt || now >= claims.until;
  return isExpired ? { ok: false, why: "expired" } : { ok: true, claims };
}

/** Time first, so that numbers rise; chance second, so that two of one moment differ. */
function ticketNumber(now: number, random: number, above: number): number {
  return Math.max(now * NUMBERS_PER_MS + Math.floor(random * NUMBERS_PER_MS), above + 1);
}

async function authenticPayload(text: string, key: CryptoKey): Promise<Uint8Array | undefined> {
  const [payload, mac, ...rest] = text.split(".");
  if (payload === undefined || mac === undefined || rest.length > 0) return undefined;
  if (text.length > TICKET_CHARACTERS) return undefined;
  const signature = decoded(mac);
  if (signature === undefined) return undefined;
  const signed = new TextEncoder().encode(payload);
  const isOurs = await crypto.subtle.verify("HMAC", key, signature, signed);
  return isOurs ? decoded(payload) : undefined;
}

function decoded(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return base64url.decode(text).slice();
  } catch {
    return undefined;
  }
}
