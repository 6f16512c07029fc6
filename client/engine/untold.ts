import type { StoreImage } from "../store.ts";
import type { LifeSetup } from "./life-setup.ts";

/** How far ahead of a large group's log, as it is here, one's own may have come. */
const AHEAD_ENTRIES = 10_000;
const NONE = { head: 0 };

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
    const { head } = here.conversations.find(({ conversation }) => conversation === id) ?? NONE;
    const run = await store.range(id, after + 1, head + AHEAD_ENTRIES);
    const arrived = run.filter((stored) => stored.key === key);
    // What was told of it meanwhile is newer.
    if (sent.stored !== undefined) continue;
    handles.apply(arrived.length > 0 ? { arrived } : { gone: [counter] }, book);
  }
}
