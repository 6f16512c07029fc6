import type { ConnectCause } from "../../protocol/client-frames.ts";
import type { RoundTrip } from "./delivery.ts";
import type { Feed } from "./feed.ts";
import type { Segment } from "./ledger.ts";
import type { Strikes } from "./poison.ts";
import type { Bucket } from "./rate.ts";
import type { StatsBatch } from "./stats.ts";

/**
 * One live socket of a device, as it is kept in the socket's attachment (at most 16 KiB of JSON) so
 * that it survives hibernation. A crash takes it together with the socket; the device's row and the
 * next hello then say where to go on.
 */
export type Session = WaitingSession | LiveSession;

interface SessionBase {
  /** Told apart by this, never by time: frames of any other session change nothing. */
  readonly id: string;
  readonly device: string;
  readonly openedAt: number;
  readonly ticketNumber: number;
  readonly nextTicket: string;
  readonly network: string;
  expiresAt: number;
}

/** Counted, but not handed over yet. */
export interface CarriedStats {
  readonly since: number;
  readonly batch: StatsBatch;
}

/** A user who looks at this one, and until when. */
export type Watcher = readonly [user: string, until: number];

/** An urgent entry pushed ahead of its turn, and when that is repeated. */
export interface UrgentPush {
  readonly seq: number;
  readonly attempts: number;
  readonly retryAt: number;
}

/** Opened, but hello has not come yet. */
export interface WaitingSession extends SessionBase {
  readonly phase: "waiting";
}

export interface LiveSession extends SessionBase {
  readonly phase: "live";
  readonly platform: string;
  readonly cause: ConnectCause;
  readonly epoch: number;
  /** False: pushed to without retries, at most a window's worth between two pings. */
  readonly acks: boolean;
  heartbeatMs: number;
  feed: Feed;
  /**
   * The device's own word of what it has handled, by an ack or a hello. The feed may be further on:
   * after a state that stands for what was before it, or where the device has stored more.
   */
  acked: number;
  /** What was there at hello: entries up to here count as caught up, later ones as live. */
  readonly caughtUpAt: number;
  /** When its last frame came, ms; heartbeats are answered without it. */
  heardAt: number;
  /** Entries that the device keeps beyond a gap: not pushed again until their turn. */
  aside: number[];
  /** Urgent entries that were pushed ahead of the feed and are not acked yet. */
  urgent: UrgentPush[];
  /** For a device that does not ack: entries pushed since its last ping, and since when. */
  unacked: number;
  unackedSince: number;
  /** Users and groups that this device looks at, and until when. */
  watching: readonly string[];
  watchUntil: number;
  /** Who looks at this user, and until when: every session carries it. */
  watchers: readonly Watcher[];
  /** Entries that stand as a placeholder for this device. */
  exceptions: readonly number[];
  /** Nacks of the head of the feed. */
  strikes: Strikes | null;
  roundTrip: RoundTrip | null;
  bucket: Bucket;
  /** How often it was told that it goes over the rate. */
  warnings: number;
  malformed: number;
  segments: Segment[];
  /** This object's statistics since they were last handed over; some session carries them. */
  stats: CarriedStats | null;
  /** Nothing is owed to anybody else's object: what slept with this in mind wakes without a doubt. */
  isSettled: boolean;
  /** Entries acked since cursor and segments were last written to rows. */
  unflushed: number;
  flushedAt: number;
}
