import { type Answer, ask, at, listAt, numberAt, textAt } from "./ask.ts";

/** The story of one message, as its sender may see it. */
export interface Trace {
  readonly number: number | undefined;
  readonly acceptedAt: number | undefined;
  /** The other side's object has it. */
  readonly routed: boolean;
  readonly devices: readonly DeviceStory[];
}

/** The way of a message to one device. */
export interface DeviceStory {
  readonly user: string;
  readonly device: string;
  /** acked, pending, given-up, placeholder, unknown: acked, time not kept. */
  readonly status: string;
  readonly pushes: readonly Push[];
  readonly nextRetryAt: number | undefined;
}

/** The attempts of one connection. */
export interface Push {
  /** live, retry, catch-up, urgent */
  readonly route: string;
  readonly attempts: number;
  readonly firstPushAt: number;
  readonly ackedAt: number | undefined;
}

export function traceMessage(id: string, token: string): Promise<Answer<Trace>> {
  return ask(`/v1/messages/${encodeURIComponent(id)}/trace`, readTrace, { token });
}

function readTrace(body: unknown): Trace {
  return {
    number: numberAt(body, "number"),
    acceptedAt: numberAt(body, "acceptedAt"),
    routed: at(body, "routed") === true,
    devices: listAt(body, "devices").map(readStory),
  };
}

function readStory(row: unknown): DeviceStory {
  return {
    user: textAt(row, "user") ?? "",
    device: textAt(row, "device") ?? "",
    status: textAt(row, "status") ?? "unknown",
    pushes: listAt(row, "pushes").map(readPush),
    nextRetryAt: numberAt(row, "nextRetryAt"),
  };
}

function readPush(row: unknown): Push {
  return {
    route: textAt(row, "route") ?? "",
    attempts: numberAt(row, "attempts") ?? 1,
    firstPushAt: numberAt(row, "firstPushAt") ?? 0,
    ackedAt: numberAt(row, "ackedAt"),
  };
}
