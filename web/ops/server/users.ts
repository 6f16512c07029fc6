import { type Answer, ask, at, listAt, numberAt, textAt } from "../../server/ask.ts";
import { isTrueAt, numberOrNullAt } from "./read-fields.ts";

/** One device of a user. Times in ms since 1970. */
export interface DeviceInfo {
  readonly device: string;
  readonly name: string;
  readonly platform: string;
  readonly version: string;
  readonly addedAt: number;
  readonly seenAt: number;
  readonly online: boolean;
  /** Entries that it has not acked. */
  readonly behind: number;
}

/** How far a device is in its user's timeline, and what is under way to it. */
export interface DeviceTimeline {
  readonly cursor: number;
  readonly head: number;
  readonly connection:
    | {
        readonly openedAt: number;
        readonly cause: string;
        readonly heartbeatMs: number;
        readonly acks: boolean;
      }
    | undefined;
  readonly runs: readonly DeviceRun[];
  readonly exceptions: readonly number[];
  readonly smoothedRoundTripMs: number | null;
}

export interface DeviceRun {
  readonly from: number;
  readonly to: number;
  /** `pending`: pushed and not acked; `waiting`: not pushed. */
  readonly status: string;
  readonly attempts: number;
  readonly nextRetryAt: number | null;
}

export interface MessageHead {
  readonly id: string;
  readonly conversation: string;
  readonly number: number;
  readonly at: number;
  readonly kind: string;
}

/** A promised message that its home does not have; `failed` says why it was given up. */
export interface OpenHandOff {
  readonly id: string;
  readonly conversation: string;
  readonly at: number;
  readonly failed: string | undefined;
  /** It has a number, and may be offered to its recipient again. */
  readonly replayable: boolean;
}

export function readDevices(token: string, user: string): Promise<Answer<readonly DeviceInfo[]>> {
  const read = (body: unknown) => listAt(body, "devices").map(readDevice);
  return ask(`${pathOf(user)}/devices`, read, { token });
}

export function revokeDevice(token: string, user: string, device: string): Promise<Answer<true>> {
  return ask(`${pathOf(user)}/devices/${device}`, () => true, { method: "DELETE", token });
}

export function readTimeline(
  token: string,
  user: string,
  device: string,
): Promise<Answer<DeviceTimeline>> {
  return ask(`${pathOf(user)}/devices/${device}/timeline`, readDeviceTimeline, { token });
}

/** Newest first. */
export function readMessages(
  token: string,
  user: string,
  from: number,
  to: number,
): Promise<Answer<readonly MessageHead[]>> {
  const read = (body: unknown) => listAt(body, "messages").map(readHead);
  return ask(`${pathOf(user)}/messages?from=${from}&to=${to}`, read, { token });
}

export function readHandOffs(token: string, user: string): Promise<Answer<readonly OpenHandOff[]>> {
  return ask(`${pathOf(user)}/hand-offs`, readOpenHandOffs, { token });
}

/** Has what is held back after a failure called again now. */
export function retryHandOffs(
  token: string,
  user: string,
): Promise<Answer<readonly OpenHandOff[]>> {
  return ask(`${pathOf(user)}/hand-offs/retry`, readOpenHandOffs, { method: "POST", token });
}

/** Offers a given-up message to its recipient again. */
export function replayHandOff(
  token: string,
  user: string,
  id: string,
): Promise<Answer<readonly OpenHandOff[]>> {
  const path = `${pathOf(user)}/hand-offs/${encodeURIComponent(id)}/replay`;
  return ask(path, readOpenHandOffs, { method: "POST", token });
}

function pathOf(user: string): string {
  return `/v1/users/${encodeURIComponent(user)}`;
}

function readDevice(row: unknown): DeviceInfo {
  return {
    device: textAt(row, "device") ?? "",
    name: textAt(row, "name") ?? "",
    platform: textAt(row, "platform") ?? "",
    version: textAt(row, "version") ?? "",
    addedAt: numberAt(row, "addedAt") ?? 0,
    seenAt: numberAt(row, "seenAt") ?? 0,
    online: isTrueAt(row, "online"),
    behind: Math.max(0, numberAt(row, "behind") ?? 0),
  };
}

function readDeviceTimeline(body: unknown): DeviceTimeline {
  const connection = at(body, "connection");
  return {
    cursor: numberAt(body, "cursor") ?? 0,
    head: numberAt(body, "head") ?? 0,
    connection:
      typeof connection === "object" && connection !== null
        ? {
            openedAt: numberAt(connection, "openedAt") ?? 0,
            cause: textAt(connection, "cause") ?? "unknown",
            heartbeatMs: numberAt(connection, "heartbeatMs") ?? 0,
            acks: isTrueAt(connection, "acks"),
          }
        : undefined,
    runs: listAt(body, "runs").map(readRun),
    exceptions: listAt(body, "exceptions").filter((seq) => typeof seq === "number"),
    smoothedRoundTripMs: numberOrNullAt(body, "smoothedRoundTripMs"),
  };
}

function readRun(row: unknown): DeviceRun {
  return {
    from: numberAt(row, "from") ?? 0,
    to: numberAt(row, "to") ?? 0,
    status: textAt(row, "status") ?? "waiting",
    attempts: numberAt(row, "attempts") ?? 0,
    nextRetryAt: numberOrNullAt(row, "nextRetryAt"),
  };
}

function readHead(row: unknown): MessageHead {
  return {
    id: textAt(row, "id") ?? "",
    conversation: textAt(row, "conversation") ?? "",
    number: numberAt(row, "number") ?? 0,
    at: numberAt(row, "at") ?? 0,
    kind: textAt(row, "kind") ?? "",
  };
}

function readOpenHandOffs(body: unknown): readonly OpenHandOff[] {
  return listAt(body, "handOffs").map((row) => ({
    id: textAt(row, "id") ?? "",
    conversation: textAt(row, "conversation") ?? "",
    at: numberAt(row, "at") ?? 0,
    failed: textAt(row, "failed"),
    replayable: isTrueAt(row, "replayable"),
  }));
}
