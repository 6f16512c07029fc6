/**
 * What Cloudflare charges beyond the included amounts: Workers Paid, as published on 2026-11-22.
 * The only place with prices; `npm run cost` and the console calculate with these.
 */
export const PRICES = {
  /** Per million: HTTP requests, calls, alarm runs and socket connects of objects. */
  requests: 0.15,
  /** So many frames from a client count as one request; frames to a client cost nothing. */
  framesPerRequest: 20,
  rowsWritten: 1,
  rowsRead: 0.001,
  /** Per million seconds that an object of 128 MB is in memory and not hibernating. */
  activeSeconds: 1.6,
  /** Per GB and month. */
  storedGb: 0.2,
} as const;

/** What one message, or one of whatever is counted, takes. */
export interface Usage {
  readonly requests: number;
  readonly alarms: number;
  readonly frames: number;
  readonly rowsWritten: number;
  readonly rowsRead: number;
  readonly activeSeconds: number;
}

/** Dollars per million of what `usage` tells of one, without storage: that grows with time. */
export function usdPerMillion(usage: Usage): number {
  const requests = usage.requests + usage.alarms + usage.frames / PRICES.framesPerRequest;
  return (
    PRICES.requests * requests +
    PRICES.rowsWritten * usage.rowsWritten +
    PRICES.rowsRead * usage.rowsRead +
    PRICES.activeSeconds * usage.activeSeconds
  );
}
