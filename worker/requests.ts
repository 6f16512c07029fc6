/**
 * What the Worker asks of a user's object beside sockets and hand-offs: plain data in, plain data
 * out. Identity is an argument, judged by the Worker before the call; the object trusts its caller.
 */
import type { ErrorCode } from "../protocol/errors.ts";

/** What the Worker says about a socket that it hands over; nothing of it comes from a header. */
export interface SocketGrant {
  readonly user: string;
  readonly device: string;
  /** Rises with every ticket of a device; one that is not above the last one used is refused. */
  readonly ticketNumber: number;
  /** When the token behind the ticket ends, ms. */
  readonly expiresAt: number;
  /** The ticket for the next socket of this device, ready to be put into welcome. */
  readonly nextTicket: string;
  /** Name of the network the device is in: ASN, place and a salted hash of the address prefix. */
  readonly network: string;
}

export type UserRequest =
  /** Brings the object to life near its user; idempotent. */
  | { readonly kind: "sign-up"; readonly user: string }
  | { readonly kind: "devices" }
  | { readonly kind: "revoke"; readonly device: string }
  | { readonly kind: "device-timeline"; readonly device: string }
  | { readonly kind: "conversations"; readonly after?: string }
  | {
      readonly kind: "history";
      readonly conversation: string;
      readonly before?: number;
      readonly limit: number;
    }
  /** `full`: the operator's view; otherwise what the sender may see. */
  | { readonly kind: "trace"; readonly id: string; readonly full: boolean };

export type UserAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: ErrorCode };
