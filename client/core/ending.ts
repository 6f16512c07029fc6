/** What a socket's close code says: the client's copy of the protocol's list, compared by a test. */
import type { ConnectionReason } from "../model.ts";

export const NORMAL_CLOSE = 1000;

const REASONS: Readonly<Record<number, ConnectionReason>> = {
  4401: "unauthenticated",
  4403: "forbidden",
  4409: "replaced",
  4410: "revoked",
  4426: "outdated",
};

/** Why to come back with a fresh token (`unauthenticated`) or not at all; undefined: after a while. */
export function endingOf(code: number): ConnectionReason | undefined {
  return REASONS[code];
}
