import { formatMessageId } from "../../protocol/ids.ts";
import { isLogRow } from "../core/row.ts";
import type { MessageHead, OpenHandOff } from "../requests.ts";
import { FAILED_TOLD, mayReplay } from "./dead-letters.ts";
import type { Turn } from "./turn.ts";

/** What an operator looks for in a user's object; never the content of a message. */

export function messageHeads(
  turn: Turn,
  range: { readonly from: number; readonly to: number; readonly limit: number },
): MessageHead[] {
  return turn.store.logRowsBetween(range.from, range.to, range.limit).flatMap((row) => {
    if (!isLogRow(row)) return [];
    const { origin, conversation, number, at, body } = row;
    return [{ id: formatMessageId(origin), conversation, number, at, kind: body.kind }];
  });
}

/** Newest first; those still on their way stand before those given up. */
export function openHandOffs(turn: Turn): OpenHandOff[] {
  const waiting = turn.memory.pending.map(({ append, conversation, since }) => {
    return {
      id: formatMessageId(append.origin),
      conversation,
      at: since,
      failed: null,
      replayable: false,
    };
  });
  const failed = turn.store.failedRows(FAILED_TOLD).flatMap((row): OpenHandOff[] => {
    const { origin, conversation, at, body } = row;
    if (origin === null || body.kind !== "failed") return [];
    const replayable = mayReplay(turn, row);
    return [{ id: formatMessageId(origin), conversation, at, failed: body.code, replayable }];
  });
  return [...waiting.reverse(), ...failed];
}
