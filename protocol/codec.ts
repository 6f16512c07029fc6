/**
 * Text to frame and back. Decoding never throws: what can't be read comes back as a typed error
 * that names the field and the rule.
 */
import * as v from "valibot";
import { type ClientFrame, clientFrameSchema } from "./client-frames.ts";
import type { ProtocolError } from "./errors.ts";
import { LIMITS, utf8Bytes } from "./limits.ts";
import { type ServerFrame, serverFrameSchema } from "./server-frames.ts";

export { PING, pong } from "./ping.ts";

/** A field's name is the client's own: it is told as far as it helps. */
const FIELD_CHARACTERS = 128;

export interface Refused {
  readonly ok: false;
  readonly error: ProtocolError;
  /** The frame's `t` and `ref`, where they could be read, so that the sender knows what is meant. */
  readonly of?: string;
  readonly ref?: string;
}

export type Decoded<Frame> = { readonly ok: true; readonly frame: Frame } | Refused;

export function encode(frame: ClientFrame | ServerFrame): string {
  return JSON.stringify(frame);
}

export function decodeClientFrame(text: string): Decoded<ClientFrame> {
  return decode(clientFrameSchema, text);
}

export function decodeServerFrame(text: string): Decoded<ServerFrame> {
  return decode(serverFrameSchema, text);
}

function decode<Frame>(schema: v.GenericSchema<unknown, Frame>, text: string): Decoded<Frame> {
  // Length in UTF-16 units is a lower bound of the bytes: oversize input is refused before parsing.
  if (text.length > LIMITS.frameBytes || utf8Bytes(text) > LIMITS.frameBytes) {
    return refuse({ code: "too-big", rule: `max-bytes:${LIMITS.frameBytes}` }, undefined);
  }
  const value = parse(text);
  if (value === undefined) return refuse({ code: "bad-frame", rule: "json-object" }, undefined);
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return { ok: true, frame: result.output };
  const [issue] = result.issues;
  const field = v.getDotPath(issue) ?? "";
  if (field === "t") return refuse({ code: "bad-frame", field, rule: "known-frame" }, value);
  const told = field.slice(0, FIELD_CHARACTERS);
  return refuse({ code: "bad-field", field: told, rule: ruleOf(issue) }, value);
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Custom checks carry their rule as the message; for the built-in ones the type says it. */
function ruleOf(issue: v.BaseIssue<unknown>): string {
  if (issue.type === "check" || issue.type === "regex" || issue.type === "non_empty") {
    return issue.message;
  }
  return issue.expected === null ? issue.type : `${issue.type}:${issue.expected}`;
}

function refuse(error: ProtocolError, value: object | undefined): Refused {
  const { t, ref } = (value ?? {}) as { t?: unknown; ref?: unknown };
  return {
    ok: false,
    error,
    ...(typeof t === "string" ? { of: t.slice(0, 32) } : {}),
    ...(typeof ref === "string" ? { ref: ref.slice(0, 64) } : {}),
  };
}
