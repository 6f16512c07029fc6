/**
 * The closed list of protocol errors. `retry` says what repeating the very same request may bring:
 * `never`: it will be refused again; `later`: it may pass after a while (`retryAfterMs`, where
 * given); `resend`: send again from the message after `have`.
 */
export const ERRORS = {
  "bad-frame": { retry: "never", meaning: "not JSON, or no frame of this protocol" },
  "bad-field": { retry: "never", meaning: "a field breaks its rule; `field` and `rule` name them" },
  "too-big": { retry: "never", meaning: "larger than the limit that `rule` names" },
  "not-ready": { retry: "later", meaning: "nothing but hello before welcome" },
  unauthenticated: { retry: "never", meaning: "no valid token or ticket" },
  "not-found": { retry: "never", meaning: "unknown, or not yours to see" },
  "not-allowed": { retry: "never", meaning: "yours to see, but not to do" },
  conflict: { retry: "never", meaning: "this message id, or version, already stands for another" },
  gap: { retry: "resend", meaning: "the message before this one is missing; `have` is the last" },
  gone: { retry: "never", meaning: "what this refers to is deleted, or its place passed over" },
  "too-late": { retry: "never", meaning: "the time for this edit or recall has passed" },
  "beyond-sent": { retry: "never", meaning: "an ack of what this session was not sent" },
  rate: { retry: "later", meaning: "too much at once" },
  busy: { retry: "later", meaning: "the other side can't take it now" },
  expired: { retry: "never", meaning: "not delivered within its time" },
  internal: { retry: "later", meaning: "our fault; nothing was stored" },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** What is said about a refusal, on the socket and over HTTP alike. */
export interface ProtocolError {
  readonly code: ErrorCode;
  /** Path of the offending field, e.g. `items.0.body.text`. */
  readonly field?: string;
  /** The rule it breaks, e.g. `max-bytes:8192`. */
  readonly rule?: string;
  /** With `gap`: the last counter of this device that the judge has in this conversation. */
  readonly have?: number;
  readonly retryAfterMs?: number;
}
