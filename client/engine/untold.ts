import { emptyRow } from "../core/conversations.ts";
import { isFollowed } from "../core/followed.ts";
import type { StoreImage } from "../store.ts";
import type { LifeSetup } from "./life-setup.ts";

/**
 * Settles what a leader has written and did not live to tell. The row of a message goes in the commit
 * that brings its entry: whoever finds neither waits for one that was dropped.
 */
export async function settleUntold(
  { store, book, handles }: Pick<LifeSetup, "store" | "book" | "handles">,
  image: StoreImage,
): Promise<void> {
  if (handles.rowless(image).length === 0) return;
  // A leader whose store has failed does not know all rows that others have written.
  const here = await store.read();
  for (const sent of handles.rowless(here)) {
    const { conversation: id, after, key, counter } = sent;
    const row = here.conversations.find(({ conversation }) => conversation === id) ?? emptyRow(id);
    const run = await store.range(id, after + 1, row.head);
    const arrived = run.filter((stored) => stored.key === key);
    // What was told of it meanwhile is newer.
    if (sent.stored !== undefined) continue;
    if (arrived.length > 0) handles.apply({ arrived }, book);
    // It may lie beyond what is here of a large group's log, which brings it in its turn.
    else if (!isFollowed(row)) handles.apply({ gone: [counter] }, book);
  }
}
