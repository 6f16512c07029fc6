import type { ErrorCode } from "../../protocol/errors.ts";

/** The names of `ERRORS`, without what they mean; a test compares them. */
const CODES: ReadonlySet<unknown> = new Set<ErrorCode>([
  ...(["bad-frame", "bad-field", "too-big", "not-ready", "unauthenticated", "not-found"] as const),
  ...(["not-allowed", "conflict", "gap", "gone", "too-late", "beyond-sent", "rate"] as const),
  ...(["busy", "expired", "internal"] as const),
]);

export function isErrorCode(code: unknown): code is ErrorCode {
  return CODES.has(code);
}
