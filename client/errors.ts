import type { ErrorCode } from "../protocol/errors.ts";
import { retryOf } from "./core/retry.ts";

/**
 * What can go wrong on this side, beside the protocol's own list. `retry` as there: `never`: doing
 * the very same again brings the same; `later`: it may work after a while.
 */
export const CLIENT_ERRORS = {
  "bytes-lost": { retry: "never", meaning: "the bytes of this file are not kept here any more" },
  closed: { retry: "later", meaning: "the client was closed first; a queued message is kept" },
  dropped: { retry: "never", meaning: "dropped by the user before it was accepted" },
  "no-files": { retry: "never", meaning: "this runtime has nothing that moves files" },
  "gave-up": { retry: "later", meaning: "the limits that this send was given are used up" },
  "outbox-full": {
    retry: "later",
    meaning: "5,000 messages, 16 MB of them or 256 MB of files are waiting",
  },
  "store-failed": { retry: "later", meaning: "the local store could not keep it" },
  timeout: { retry: "later", meaning: "no answer within the deadline" },
  offline: { retry: "later", meaning: "this needs the server, and there is no connection" },
  "other-user": { retry: "never", meaning: "the token names another user than the local store" },
  "unknown-key": { retry: "never", meaning: "no waiting message has this key" },
} as const;

export type ClientErrorCode = keyof typeof CLIENT_ERRORS;
export type HoldfastErrorCode = ErrorCode | ClientErrorCode;

export interface ErrorDetail extends ErrorOptions {
  readonly field?: string | undefined;
  readonly rule?: string | undefined;
}

/**
 * Every rejection and every failure of the SDK: a stable code, and whether to try again. What a code
 * means stands in `ERRORS` and `CLIENT_ERRORS`; a newer server's is passed on as it is.
 */
export class HoldfastError extends Error {
  override readonly name = "HoldfastError";
  readonly code: HoldfastErrorCode;
  /** Whether repeating the very same may work later. */
  readonly retryable: boolean;
  /** Path of the offending field and the rule it breaks, where the server named them. */
  readonly field: string | undefined;
  readonly rule: string | undefined;

  constructor(code: HoldfastErrorCode, detail: ErrorDetail = {}) {
    const where = detail.field ? ` (${detail.field}: ${detail.rule ?? "not allowed"})` : "";
    super(`${code}${where}`, "cause" in detail ? { cause: detail.cause } : {});
    this.code = code;
    this.retryable = retryOf(code) !== "never";
    this.field = detail.field;
    this.rule = detail.rule;
  }
}
