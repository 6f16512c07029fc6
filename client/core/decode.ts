/**
 * Text to server frame, by cheap structural guards: enough that no wrong type gets into the engine.
 * Unknown fields are ignored, unknown frames and malformed ones come back as undefined.
 */
import type { Entry } from "../../protocol/entries.ts";
import type { ServerFrame } from "../../protocol/server-frames.ts";

export type Incoming = ServerFrame | { readonly t: "pong"; readonly head: number | undefined };

type Fields = Record<string, unknown>;
type Guard = (value: unknown) => boolean;

export function decodeIncoming(text: string): Incoming | undefined {
  const frame = parse(text);
  if (frame === undefined) return undefined;
  const { t } = frame;
  if (t === "pong")
    return { t, head: isCount(frame["head"]) ? (frame["head"] as number) : undefined };
  const shape =
    typeof t === "string" && Object.hasOwn(SHAPES, t) ? SHAPES[t as ServerFrame["t"]] : undefined;
  return shape && has(frame, shape) ? (frame as unknown as ServerFrame) : undefined;
}

function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const isText: Guard = (value) => typeof value === "string";
const isFlag: Guard = (value) => typeof value === "boolean";
export const isCount: Guard = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isNumberOrNull: Guard = (value) => value === null || isCount(value);
const isTime: Guard = (value) => typeof value === "number" && Number.isFinite(value);

export function optional(guard: Guard): Guard {
  return (value) => value === undefined || guard(value);
}

export function listOf(guard: Guard): Guard {
  return (value) => Array.isArray(value) && value.every(guard);
}

export function shape(guards: Record<string, Guard>): Guard {
  return (value) => isFields(value) && has(value, guards);
}

function has(fields: Fields, guards: Record<string, Guard>): boolean {
  return Object.entries(guards).every(([name, guard]) => guard(fields[name]));
}

const isSpans = optional(
  listOf((span) => listOf(isCount)(span) && (span as unknown[]).length === 2),
);

/** A kind of body that a newer server may add is kept and shown as nothing. */
const BODIES: Partial<Record<Entry["body"]["kind"], Record<string, Guard>>> = {
  text: { text: isText },
  custom: { type: isText, data: isText },
  file: { file: isText, name: isText, type: isText, bytes: isCount, hash: isText },
  location: { latitude: isTime, longitude: isTime, accuracyM: optional(isTime) },
  contact: { user: isText, name: optional(isText) },
  edit: { target: isCount, text: isText },
  recall: { target: isCount, author: optional(isText) },
  reaction: { target: isCount, emoji: isText, on: isFlag },
  ttl: { seconds: isNumberOrNull },
  recalled: { by: isText },
  read: { number: isCount },
  receipt: { user: isText, delivered: isCount, read: isCount, except: isSpans },
  failed: { code: isText, content: isBody },
  blocked: { user: isText, on: isFlag },
  request: { state: isText },
  gone: { user: isText },
  arrangement: {
    pinned: isFlag,
    mutedUntil: optional(isTime),
    archived: isFlag,
    folders: listOf(isText),
    markedUnread: isFlag,
  },
  membership: {
    version: isCount,
    state: isText,
    role: isText,
    from: isCount,
    title: isText,
    mode: isText,
    silencedUntil: optional(isTime),
  },
  folders: { folders: isFolders },
  draft: { version: isCount, device: isText, text: isText, replyTo: optional(isCount) },
};

function isFolders(value: unknown): boolean {
  return listOf(shape({ id: isText, name: isText }))(value);
}

function isBody(value: unknown): boolean {
  if (!isFields(value) || !isText(value["kind"])) return false;
  const guards = BODIES[value["kind"] as Entry["body"]["kind"]];
  return guards === undefined || has(value, guards);
}

export const isEntry = shape({
  seq: isCount,
  conversation: isText,
  number: optional(isCount),
  id: optional(isText),
  at: isTime,
  body: isBody,
  changes: optional(isFields),
});
const isError = shape({
  code: isText,
  field: optional(isText),
  rule: optional(isText),
  have: optional(isCount),
  retryAfterMs: optional(isCount),
});
const isMarks = shape({ delivered: isCount, read: isCount, except: isSpans });
const isPresence = shape({ user: isText, online: isFlag, lastSeenAt: optional(isTime) });
const isState = shape({
  conversation: isText,
  head: isCount,
  at: isTime,
  unread: isCount,
  read: isCount,
  peer: isMarks,
  last: optional(isEntry),
  blocked: optional(listOf(isText)),
  request: optional(isText),
  gone: optional(isFlag),
  arrangement: optional(isBody),
  draft: optional(isBody),
  membership: optional(isBody),
  folders: optional(isFolders),
  mentions: optional(listOf(isCount)),
});
const isResult = shape({
  conversation: isText,
  counter: isCount,
  number: optional(isNumberOrNull),
  at: optional(isTime),
  error: optional(isError),
});

const SHAPES: Record<ServerFrame["t"], Record<string, Guard>> = {
  welcome: {
    user: isText,
    serverTime: isTime,
    head: isCount,
    cursor: isCount,
    reset: isFlag,
    counter: isCount,
    expiresAt: isTime,
    ticket: isText,
    network: optional(isText),
    ackDelayMs: isCount,
    ackMaxMs: isCount,
  },
  entries: {
    route: isText,
    from: isCount,
    to: isCount,
    count: isCount,
    entries: listOf(isEntry),
    caughtUp: isFlag,
  },
  log: { conversation: isText, from: isCount, to: isCount, entries: listOf(isFields) },
  head: { conversation: isText, number: isCount, unread: isCount, read: optional(isCount) },
  accepted: { results: listOf(isResult) },
  marks: {
    conversation: isText,
    user: isText,
    delivered: isCount,
    read: isCount,
    except: isSpans,
    routed: optional(isCount),
  },
  totals: {
    conversation: isText,
    number: isCount,
    delivered: isCount,
    read: isCount,
    of: isCount,
  },
  history: {
    ref: isText,
    conversation: isText,
    entries: listOf(isEntry),
    more: isFlag,
    newer: optional(isFlag),
  },
  snapshot: {
    ref: optional(isText),
    asOf: isCount,
    conversations: listOf(isState),
    next: optional(isText),
  },
  renewed: { ref: isText, expiresAt: isTime, ticket: isText },
  done: { ref: isText },
  presence: { users: listOf(isPresence) },
  typing: { conversation: isText, user: isText, on: isFlag },
  error: { of: optional(isText), ref: optional(isText), error: isError },
};
