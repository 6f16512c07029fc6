/**
 * Why a socket ends, and what the client does then:
 * `backoff`: connect again, spread out; `token`: once with a fresh token, then `needs-auth`;
 * `stop`: not again by itself. A code that is not listed means `backoff`.
 */
export const CLOSE = {
  normal: { code: 1000, advice: "backoff", meaning: "ended by the other side, nothing is wrong" },
  restart: { code: 1012, advice: "backoff", meaning: "the server restarts" },
  tooSlow: { code: 1013, advice: "backoff", meaning: "the device does not take what it is sent" },
  binary: { code: 1003, advice: "backoff", meaning: "a binary frame came in" },
  tooBig: { code: 1009, advice: "backoff", meaning: "a frame over the limit came in" },
  badFrame: { code: 4400, advice: "backoff", meaning: "too many malformed frames" },
  unauthenticated: {
    code: 4401,
    advice: "token",
    meaning: "ticket or token wrong, used or expired",
  },
  forbidden: { code: 4403, advice: "stop", meaning: "this user may not connect" },
  helloTimeout: { code: 4408, advice: "backoff", meaning: "no hello in time" },
  replaced: { code: 4409, advice: "stop", meaning: "a newer session of this device took over" },
  revoked: { code: 4410, advice: "stop", meaning: "the device was revoked" },
  outdated: { code: 4426, advice: "stop", meaning: "the client's protocol version is not served" },
  rate: { code: 4429, advice: "backoff", meaning: "too many frames after a warning" },
} as const;

export type CloseName = keyof typeof CLOSE;
export type AfterClose = "backoff" | "token" | "stop";

export function afterClose(code: number): AfterClose {
  for (const entry of Object.values(CLOSE)) if (entry.code === code) return entry.advice;
  return "backoff";
}

/** What a close frame's reason may carry, as JSON of at most 123 bytes. */
export interface CloseReason {
  readonly why: CloseName;
  /** Spread the reconnect over this time. */
  readonly spreadMs?: number;
}

export function formatCloseReason(reason: CloseReason): string {
  return JSON.stringify(reason);
}

/** Hints are taken when they are well formed and ignored otherwise: a reason is never trusted. */
export function spreadHintMs(reason: string): number | undefined {
  try {
    const parsed: unknown = JSON.parse(reason);
    if (typeof parsed !== "object" || parsed === null || !("spreadMs" in parsed)) return undefined;
    const spread = parsed.spreadMs;
    return typeof spread === "number" && spread >= 0 && spread <= 600_000 ? spread : undefined;
  } catch {
    return undefined;
  }
}
