import { isEditOf } from "../core/amend.ts";
import type { ClientStore, StoredEntry } from "../store.ts";

/** The edits of a message that are in the store, found as `editsOf` finds them. */
export async function storedEdits(
  store: ClientStore,
  { entry: target }: StoredEntry,
): Promise<readonly StoredEntry[]> {
  const { conversation, number } = target;
  const edits: StoredEntry[] = [];
  let next = target.changes?.edited;
  while (next !== undefined) {
    const [edit] = await store.range(conversation, next, next);
    if (edit === undefined || !isEditOf(edit, number)) {
      const before = await store.range(conversation, number + 1, next - 1);
      return [...edits, ...before.filter((one) => isEditOf(one, number))];
    }
    edits.push(edit);
    next = edit.entry.changes?.edited;
  }
  return edits;
}
