/** The loaded end of one conversation: a contiguous run of entries up to its head. */

import type { Message } from "../model.ts";
import type { ConversationRow, StoredEntry } from "../store.ts";
import { isListedEntry, messageOfEntry, reachOf, stateOfEntry } from "./messages.ts";

export class View {
  loaded = false;
  #entries: StoredEntry[] = [];
  /** Made messages by their entry, so that an unchanged message stays the same object. */
  #made = new WeakMap<StoredEntry, Message>();

  get low(): number | undefined {
    return this.#entries[0]?.entry.number;
  }

  /**
   * `page` ascending and contiguous. Taken when it continues the run downwards, or begins it: then
   * it must end at `head`, or what comes next would leave a hole.
   */
  prepend(page: readonly StoredEntry[], head: number): boolean {
    const { low = head + 1 } = this;
    const older = page.filter(({ entry }) => entry.number < low);
    if (older.at(-1)?.entry.number !== low - 1) return false;
    this.#entries = [...older, ...this.#entries];
    return true;
  }

  /** A new entry at the end, or a changed one in its place. */
  put(stored: StoredEntry): void {
    const { low } = this;
    if (low === undefined) {
      if (this.loaded) this.#entries.push(stored);
      return;
    }
    const index = stored.entry.number - low;
    if (index >= 0 && index <= this.#entries.length) this.#entries[index] = stored;
    // Beyond a hole: the run that ends at the head is what is shown.
    else if (index > 0) this.#entries = [stored];
  }

  clear(): void {
    this.#entries = [];
    this.loaded = false;
  }

  messages(row: ConversationRow | undefined, user: string): Message[] {
    const messages: Message[] = [];
    for (const stored of this.#entries) {
      if (isListedEntry(stored)) messages.push(this.#messageOf(stored, row, user));
    }
    return messages;
  }

  #messageOf(stored: StoredEntry, row: ConversationRow | undefined, user: string): Message {
    const known = this.#made.get(stored);
    if (known && isStill(known, stored, row)) return known;
    const made = messageOfEntry(stored, row, user);
    this.#made.set(stored, made);
    return made;
  }
}

function isStill(known: Message, stored: StoredEntry, row: ConversationRow | undefined): boolean {
  if (known.state !== stateOfEntry(stored, row, known.own)) return false;
  const reach = known.own ? reachOf(row, stored.entry.number) : undefined;
  return reach?.delivered === known.reach?.delivered && reach?.read === known.reach?.read;
}
