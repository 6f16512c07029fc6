/** How many of a group's members have one's own messages: hints, of which the newest are kept. */
import type { Reach } from "../model.ts";
import type { ConversationRow, StoredReach } from "../store.ts";

const KEPT = 16;

/** The row with what a hint tells; what an entry's successors say of it at least is left out. */
export function withReach(row: ConversationRow, hint: StoredReach): ConversationRow {
  const { reaches = [] } = row;
  const kept = reaches.filter((one) => {
    return one.number > hint.number || (one.number < hint.number && tellsMore(one, hint));
  });
  const after = [...kept, hint].sort((a, b) => a.number - b.number).slice(-KEPT);
  return { ...row, reaches: after };
}

function tellsMore(a: Reach, b: Reach): boolean {
  return a.delivered > b.delivered || a.read > b.read || a.of !== b.of;
}

/**
 * Marks are cumulative: who has a later entry has this one. But not all who have it need be of those
 * whom this one is for: who has come since, or has left, may be one of them, and counts for nobody.
 */
export function reachOf(row: ConversationRow | undefined, number: number): Reach | undefined {
  const later = row?.reaches?.filter((one) => one.number >= number) ?? [];
  const [first] = later;
  const last = later.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const of = Math.min(first.of, last.of);
  const most = (mark: "delivered" | "read") =>
    Math.max(0, ...later.map((one) => Math.min(of, one[mark] - Math.max(0, one.of - of))));
  return { delivered: most("delivered"), read: most("read"), of };
}
