import { type Answer, ask, listAt, numberAt, textAt } from "../../server/ask.ts";
import { isTrueAt, numberOrNullAt } from "./read-fields.ts";

/** The whole story of one message, without its content. Times in ms since 1970; null: not (yet). */
export interface Trace {
  readonly id: string;
  readonly conversation: string;
  /** Null: promised, but without a place in the log, or given up. */
  readonly number: number | null;
  readonly acceptedAt: number;
  readonly routed: boolean;
  /** Why it was given up. */
  readonly failed: string | undefined;
  readonly devices: readonly DeviceStory[];
}

export interface DeviceStory {
  readonly user: string;
  readonly device: string;
  /** When the user's object had it. */
  readonly arrivedAt: number | null;
  /** acked, pending, given-up, placeholder, unknown: acked, time not kept. */
  readonly status: string;
  /** One per connection. */
  readonly pushes: readonly Push[];
  readonly nextRetryAt: number | null;
}

export interface Push {
  /** live, retry, catch-up, urgent */
  readonly route: string;
  readonly attempts: number;
  readonly firstPushAt: number;
  readonly lastPushAt: number;
  readonly ackedAt: number | null;
}

export function readTrace(token: string, id: string): Promise<Answer<Trace>> {
  return ask(`/v1/messages/${encodeURIComponent(id)}/trace`, traceIn, { token });
}

function traceIn(body: unknown): Trace {
  return {
    id: textAt(body, "id") ?? "",
    conversation: textAt(body, "conversation") ?? "",
    number: numberOrNullAt(body, "number"),
    acceptedAt: numberAt(body, "acceptedAt") ?? 0,
    routed: isTrueAt(body, "routed"),
    failed: textAt(body, "failed"),
    devices: listAt(body, "devices").map(storyIn),
  };
}

function storyIn(row: unknown): DeviceStory {
  return {
    user: textAt(row, "user") ?? "",
    device: textAt(row, "device") ?? "",
    arrivedAt: numberOrNullAt(row, "arrivedAt"),
    status: textAt(row, "status") ?? "unknown",
    pushes: listAt(row, "pushes").map(pushIn),
    nextRetryAt: numberOrNullAt(row, "nextRetryAt"),
  };
}

function pushIn(row: unknown): Push {
  const firstPushAt = numberAt(row, "firstPushAt") ?? 0;
  return {
    route: textAt(row, "route") ?? "",
    attempts: numberAt(row, "attempts") ?? 1,
    firstPushAt,
    lastPushAt: numberAt(row, "lastPushAt") ?? firstPushAt,
    ackedAt: numberOrNullAt(row, "ackedAt"),
  };
}
