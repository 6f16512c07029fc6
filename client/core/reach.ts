/** How many of a group's members have one's own messages: hints, of which the newest are kept. */
import type { Reach } from "../model.ts";
import type { ConversationRow, StoredReach } from "../store.ts";

const KEPT = 16;

/** The row with what a hint tells; what an entry's successors say of it at least is left out. */
export function withReach(row: ConversationRow, hint: StoredReach): ConversationRow {
  const { reaches = [] } = row;
  const kept = reaches.filter(({ number, delivered, read }) => {
    return number > hint.number || (number < hint.number && exceeds({ delivered, read }, hint));
  });
  const after = [...kept, hint].sort((a, b) => a.number - b.number).slice(-KEPT);
  return { ...row, reaches: after };
}

function exceeds(a: Pick<Reach, "delivered" | "read">, b: Pick<Reach, "delivered" | "read">) {
  return a.delivered > b.delivered || a.read > b.read;
}

/** Marks are cumulative: who has a later entry has this one. */
export function reachOf(row: ConversationRow | undefined, number: number): Reach | undefined {
  const later = row?.reaches?.filter((one) => one.number >= number) ?? [];
  const [first] = later;
  if (first === undefined) return undefined;
  const delivered = Math.max(...later.map((one) => one.delivered));
  const read = Math.max(...later.map((one) => one.read));
  return { delivered, read, of: Math.max(first.of, delivered) };
}
