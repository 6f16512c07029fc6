import { type Due, earlier, sweepAt } from "./core/expiry.ts";
import type { TimelineRow } from "./core/row.ts";

/** Which conversations of a user have messages that expire, and when. A cache over rows. */
export class Expiring {
  readonly #due: Map<string, Due>;

  constructor(due: Readonly<Record<string, Due>> = {}) {
    this.#due = new Map(Object.entries(due));
  }

  note({ conversation, at, changes }: TimelineRow): void {
    const dueAt = changes?.expiresAt;
    if (dueAt === undefined) return;
    const due = { dueAt, sweepAt: sweepAt(dueAt, dueAt - at) };
    this.#due.set(conversation, earlier(this.#due.get(conversation), due));
  }

  /** What is left of a conversation after a sweep. */
  set(conversation: string, due: Due | undefined): void {
    if (due === undefined) this.#due.delete(conversation);
    else this.#due.set(conversation, due);
  }

  /** Conversations in which something is over. */
  over(now: number): string[] {
    return [...this.#due].filter(([, { dueAt }]) => dueAt <= now).map(([id]) => id);
  }

  /** When the alarm is needed for this; null: for nothing. */
  get sweepAt(): number | null {
    const all = [...this.#due.values()].map((due) => due.sweepAt);
    return all.length === 0 ? null : Math.min(...all);
  }

  image(): Record<string, Due> {
    return Object.fromEntries(this.#due);
  }
}
