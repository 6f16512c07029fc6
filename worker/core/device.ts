import type { RoundTrip } from "./delivery.ts";
import type { Strikes } from "./poison.ts";

/** What a user's object keeps of a device between its connections: one row, written at hello. */
export interface DeviceRow {
  readonly device: string;
  readonly name: string;
  readonly platform: string;
  readonly version: string;
  readonly addedAt: number;
  readonly seenAt: number;
  /** Acked up to here when it was last written; a live session may know better. */
  readonly cursor: number;
  /** Tickets at or below this have been used. */
  readonly ticketNumber: number;
  /** Leading tabs below this have been replaced. */
  readonly epoch: number;
  readonly roundTrip: RoundTrip | null;
  /** Hellos without progress at the same head. */
  readonly strikes: Strikes | null;
  /** Entries that stand as a visible placeholder for this device, oldest first. */
  readonly exceptions: readonly number[];
  /** Revoked: its ticket and token are refused from then on. */
  readonly revokedAt: number | null;
}
