import { isManagement } from "../core/amend.ts";
import type { Lane } from "../core/outbox.ts";
import type { OutboxRow } from "../store.ts";
import type { Book } from "./book.ts";

/** What this session knows of each conversation's place at the server; forgotten with it. */
export class Lanes {
  readonly #book: Book;
  readonly #lanes = new Map<string, Lane>();

  constructor(book: Book) {
    this.#book = book;
  }

  /** Those of the conversations that these rows are for, at least. */
  of(rows: readonly OutboxRow[]): ReadonlyMap<string, Lane> {
    for (const { conversation } of rows) this.get(conversation);
    return this.#lanes;
  }

  get(conversation: string): Lane {
    const known = this.#lanes.get(conversation);
    if (known !== undefined) return known;
    const lane: Lane = { base: this.#newest(conversation, false), pausedUntil: 0 };
    this.#lanes.set(conversation, lane);
    return lane;
  }

  /** The server has the message with this counter. */
  accepted(conversation: string, counter: number): void {
    const lane = this.get(conversation);
    this.#lanes.set(conversation, { ...lane, base: Math.max(lane.base, counter) });
  }

  /** The server's own word on how far it is, which may be less than was thought. */
  set(conversation: string, lane: Lane): void {
    this.#lanes.set(conversation, lane);
  }

  pause(conversation: string, until: number): void {
    this.#lanes.set(conversation, { ...this.get(conversation), pausedUntil: until });
  }

  forget(conversation: string): void {
    this.#lanes.delete(conversation);
  }

  clear(): void {
    this.#lanes.clear();
  }

  /**
   * Newest counter that the server has, or may have by the time that another one arrives: what
   * manages a group waits behind nothing that has failed.
   */
  overtaken(conversation: string): number {
    return this.#newest(conversation, true);
  }

  #newest(conversation: string, andManagement: boolean): number {
    let newest = this.#book.rows.get(conversation)?.ownCounter ?? 0;
    for (const row of this.#book.outbox.values()) {
      if (row.conversation !== conversation) continue;
      const counts = row.status.kind === "accepted" || (andManagement && isManagement(row.content));
      if (counts) newest = Math.max(newest, row.counter);
    }
    return newest;
  }
}
