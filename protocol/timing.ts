/**
 * Durations that both sides must agree on and nobody changes while running. Those that an operator
 * may change stand in settings.ts.
 */
export const TIMING = {
  /** A ticket from `POST /v1/tickets` opens one socket within this time. */
  ticketMs: 30_000,
  /** A socket that has not said hello by then is closed with 4408. */
  helloMs: 10_000,
  /** The default heartbeat of a client, and what the server takes for a device's interval at first. */
  heartbeatMs: 25_000,
  /** Who looks at somebody else says so again within this time. */
  watchMs: 120_000,
  /** Who types says so again within this time, or has stopped. */
  typingMs: 6_000,
  /** Tokens may be this much off the server's clock. */
  clockSkewMs: 60_000,
  /** A socket may outlive its token by this much before a frame is refused with 4401. */
  expiryGraceMs: 5_000,
} as const;

/** When a device whose heartbeat comes every `heartbeatMs` is taken for gone. */
export function staleAfterMs(heartbeatMs: number): number {
  return Math.max(75_000, 1.5 * heartbeatMs + 10_000);
}
