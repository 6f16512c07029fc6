import type { ErrorCode } from "../../protocol/errors.ts";
import type { Origin } from "../../protocol/ids.ts";
import { type ConversationState, deviceKey } from "./conversation.ts";
import type { TimelineRow } from "./row.ts";

type FoundRow = Pick<TimelineRow, "number" | "hash" | "at">;

/**
 * Rule 2, "once": what a message that comes in is to whoever judges it. Judged from rows, for as
 * long as the message lives; only acceptances are remembered.
 */
export type Judgement =
  | { readonly kind: "new" }
  /** Accepted before: the same answer again. */
  | { readonly kind: "repeat"; readonly number: number; readonly at: number }
  | { readonly kind: "conflict" }
  /** The message named by `prev` is not the last one here. */
  | { readonly kind: "gap"; readonly have: number }
  /** Its author's object had this to say of it, were it new. */
  | { readonly kind: "refused"; readonly code: ErrorCode }
  /** Deleted since, or passed over: its place in the order is taken. */
  | { readonly kind: "gone" };

export interface Claim {
  readonly origin: Origin;
  readonly prev: number;
  readonly hash: number;
  readonly refusal?: ErrorCode;
}

/** `find` looks a counter of this device up in the rows of this conversation. */
export function judge(
  state: Pick<ConversationState, "last">,
  claim: Claim,
  find: (origin: Origin) => FoundRow | undefined,
): Judgement {
  const { origin, prev, hash, refusal } = claim;
  const last = state.last[deviceKey(origin)] ?? 0;
  if (origin.counter > last) {
    if (refusal !== undefined) return { kind: "refused", code: refusal };
    return prev === last ? { kind: "new" } : { kind: "gap", have: last };
  }
  const row = find(origin);
  // Below the last counter and not among the rows: deleted, or passed over after a rejection.
  if (row === undefined || row.number === null) return { kind: "gone" };
  if (row.hash !== hash) return { kind: "conflict" };
  return { kind: "repeat", number: row.number, at: row.at };
}
