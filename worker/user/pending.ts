import type { ErrorCode } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { count } from "../core/stats.ts";
import type { PendingAppend } from "../user-store.ts";
import { isHome } from "./followers.ts";
import { conclude } from "./personal.ts";
import { answer, type Turn, type Waiting } from "./turn.ts";

/**
 * Rule R1, second half: a message whose home can't be reached is promised once it stands in a row
 * here. Whatever becomes of it then is seen by its sender: a number, or a `failed` entry.
 */

/** The call that carried it failed; what the home did is unknown. */
export function keepPending(turn: Turn, one: Waiting): void {
  const { conversation, append, session } = one;
  const { counter } = append.origin;
  const copied = turn.memory.timeline.findOrigin(conversation, append.origin);
  if (copied !== undefined) {
    const { number, at } = copied;
    return conclude(turn, one, { conversation, counter, number, at });
  }
  if (!mayPromise(turn, one)) {
    const retryAfterMs = turn.settings.handOffDelaysMs[0] ?? 0;
    return answer(turn, session, { conversation, counter, error: { code: "busy", retryAfterMs } });
  }
  addPending(turn, one);
  conclude(turn, one, { conversation, counter, number: null, at: turn.now });
}

/** It continues what this object knows, somebody else numbers it, and there is room for its row. */
export function mayPromise(turn: Turn, { conversation, coherent }: Waiting): boolean {
  const isFull = turn.memory.pending.length >= LIMITS.pendingAppends;
  return coherent && !isFull && !isHome(turn, conversation);
}

export function addPending(
  turn: Turn,
  { conversation, append }: Pick<PendingAppend, "conversation" | "append">,
): void {
  const last = turn.memory.pending.at(-1)?.position ?? 0;
  const pending = { position: last + 1, conversation, append, since: turn.now };
  turn.store.addPending(pending);
  turn.memory.pending = [...turn.memory.pending, pending];
}

/** The home has it, or it was given up. */
export function dropPending(turn: Turn, one: PendingAppend): void {
  turn.store.deletePending(one.position);
  turn.memory.pending = turn.memory.pending.filter((known) => known.position !== one.position);
}

/** A promise that can't be kept is told to all of the sender's devices, body and reason included. */
export function failPending(turn: Turn, one: PendingAppend, code: ErrorCode): void {
  dropPending(turn, one);
  count(turn.memory.stats, "given_up", [code]);
  const { origin, content } = one.append;
  const body = { kind: "failed", code, content } as const;
  turn.memory.timeline.appendPrivate(one.conversation, body, turn.now, origin);
}

/**
 * The home lacks what stood before this message: that one failed. Its order was judged here when it
 * was promised, so it moves up.
 */
export function rebasePending(turn: Turn, one: PendingAppend, have: number): void {
  if (have >= one.append.origin.counter) return failPending(turn, one, "gone");
  const rebased = { ...one, append: { ...one.append, prev: have } };
  turn.memory.pending = turn.memory.pending.map((known) =>
    known.position === one.position ? rebased : known,
  );
}

export function expirePending(turn: Turn): void {
  for (const one of turn.memory.pending) {
    if (turn.now - one.since > turn.settings.handOffTtlMs) failPending(turn, one, "expired");
  }
}
