/** The loaded end of one conversation: a contiguous run of entries up to its head. */
import { isListedEntry, messageOfEntry, stateOfEntry } from "./messages.ts";
import type { Message } from "./model.ts";
import type { ConversationRow, StoredEntry } from "./store.ts";

export class View {
  loaded = false;
  #entries: StoredEntry[] = [];
  /** Made messages by their entry, so that an unchanged message stays the same object. */
  #made = new Map<StoredEntry, Message>();

  get low(): number | undefined {
    return this.#entries[0]?.entry.number;
  }

  /** `page` ascending and contiguous; taken when it continues the run downwards or starts it. */
  prepend(page: readonly StoredEntry[]): void {
    const { low } = this;
    const older = low === undefined ? page : page.filter(({ entry }) => entry.number < low);
    const newest = older.at(-1);
    if (newest === undefined || (low !== undefined && newest.entry.number !== low - 1)) return;
    this.#entries = [...older, ...this.#entries];
  }

  /** A new entry at the end, or a changed one in its place. */
  put(stored: StoredEntry): void {
    const { low } = this;
    const { number } = stored.entry;
    if (low === undefined) {
      if (this.loaded) this.#entries.push(stored);
      return;
    }
    const index = number - low;
    if (index >= 0 && index <= this.#entries.length) this.#entries[index] = stored;
    else if (index > 0) this.#restart(stored);
  }

  clear(): void {
    this.#entries = [];
    this.#made.clear();
    this.loaded = false;
  }

  messages(row: ConversationRow | undefined, user: string): Message[] {
    const made = new Map<StoredEntry, Message>();
    for (const stored of this.#entries) {
      if (isListedEntry(stored)) made.set(stored, this.#messageOf(stored, row, user));
    }
    this.#made = made;
    return [...made.values()];
  }

  #messageOf(stored: StoredEntry, row: ConversationRow | undefined, user: string): Message {
    const known = this.#made.get(stored);
    const state = known && stateOfEntry(stored, row, known.own);
    return known && known.state === state ? known : messageOfEntry(stored, row, user);
  }

  /** Beyond a hole: the run that ends at the head is what is shown. */
  #restart(stored: StoredEntry): void {
    this.#entries = [stored];
    this.#made.clear();
  }
}
