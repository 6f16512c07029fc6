import type { ConnectCause } from "../../protocol/client-frames.ts";
import type { DeviceRow } from "./device.ts";
import type { LiveSession } from "./session.ts";

/**
 * One device's view of its user's timeline: named by user and device, with the range that is under
 * way, how often it was tried and when it is tried again. A view over the one log and not a table
 * of its own: a row per device and message would cost as much as all the rest together.
 */
export interface DeviceTimeline {
  readonly user: string;
  readonly device: string;
  readonly online: boolean;
  /** The running connection; null: offline. */
  readonly connection: {
    readonly openedAt: number;
    /** What the client says made it connect. */
    readonly cause: ConnectCause;
    readonly heartbeatMs: number;
    /** False: a client that can't ack, pushed to without retries. */
    readonly acks: boolean;
  } | null;
  /** Acked: the device has stored and handled everything up to here. */
  readonly cursor: number;
  /** Newest entry of the user's timeline. */
  readonly head: number;
  readonly runs: readonly DeviceRun[];
  readonly exceptions: readonly number[];
  readonly smoothedRoundTripMs: number | null;
}

/** A contiguous range with one fate. */
export interface DeviceRun {
  readonly from: number;
  readonly to: number;
  /** `pending`: pushed and not acked; `waiting`: not pushed, the device fetches it. */
  readonly status: "pending" | "waiting";
  readonly attempts: number;
  readonly nextRetryAt: number | null;
  /** No retry after this; the device's catch-up still brings it. */
  readonly retryUntil: number | null;
}

export function deviceTimeline(
  user: string,
  row: DeviceRow,
  session: LiveSession | undefined,
  head: number,
  ttlMs: number,
): DeviceTimeline {
  const cursor = session?.acks ? session.feed.have : row.cursor;
  const pending: DeviceRun[] = (session?.feed.runs ?? []).map((run, index) => ({
    from: run.from,
    to: run.to,
    status: "pending",
    attempts: run.attempts,
    nextRetryAt: index === 0 ? (session?.feed.retryAt ?? null) : null,
    retryUntil: run.firstAt + ttlMs,
  }));
  const sent = pending.at(-1)?.to ?? cursor;
  const waiting: DeviceRun = {
    from: sent + 1,
    to: head,
    status: "waiting",
    attempts: 0,
    nextRetryAt: null,
    retryUntil: null,
  };
  return {
    user,
    device: row.device,
    online: session !== undefined,
    connection: session === undefined ? null : connectionOf(session),
    cursor,
    head,
    runs: sent < head ? [...pending, waiting] : pending,
    exceptions: row.exceptions,
    smoothedRoundTripMs: (session?.roundTrip ?? row.roundTrip)?.smoothedMs ?? null,
  };
}

function connectionOf({ openedAt, cause, heartbeatMs, acks }: LiveSession) {
  return { openedAt, cause, heartbeatMs, acks };
}
