import type { ErrorCode } from "../../protocol/errors.ts";

/** The HTTP status that fits a protocol error. */
export function statusOf(code: ErrorCode) {
  return STATUS[code];
}

const STATUS = {
  "bad-frame": 400,
  "bad-field": 400,
  "too-big": 413,
  "not-ready": 409,
  unauthenticated: 401,
  "not-found": 404,
  "not-allowed": 403,
  conflict: 409,
  gap: 409,
  gone: 410,
  "too-late": 409,
  "beyond-sent": 409,
  rate: 429,
  busy: 503,
  expired: 410,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;
