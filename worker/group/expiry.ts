import { progress, type Span, withMortal } from "../../protocol/expiring.ts";
import { type Due, earlier, mortal, sweepAt } from "../core/expiry.ts";
import type { Logged } from "../core/row.ts";
import type { GroupStore } from "../group-store.ts";
import type { GroupLog } from "./log.ts";

/** In one turn; what is left comes with the next one. */
const ROWS_AT_ONCE = 500;

/** Where in a group's log messages are that expire: kept with the cursors, and found anew from there. */
export class LogExpiry {
  readonly #store: GroupStore;
  #kept: string;
  #spans: readonly Span[];
  #due: Due | undefined;

  constructor(store: GroupStore, head: number) {
    this.#store = store;
    this.#kept = store.fact("expiring") ?? "[]";
    this.#spans = JSON.parse(this.#kept) as Span[];
    // When the oldest of them expires is found out by the first sweep.
    if (this.#spans.length > 0) this.#due = { dueAt: 0, sweepAt: Number.POSITIVE_INFINITY };
    const flushed = Number(store.fact("flushed") ?? 0);
    for (const row of store.rows(flushed + 1, head - flushed)) this.note(row);
  }

  get expiring(): readonly Span[] {
    return this.#spans;
  }

  /** When the alarm is needed for this; null: for nothing. */
  get sweepAt(): number | null {
    const at = this.#due?.sweepAt;
    return at === undefined || at === Number.POSITIVE_INFINITY ? null : at;
  }

  note(row: Logged): void {
    const dueAt = row.changes?.expiresAt;
    if (dueAt === undefined) return;
    this.#spans = withMortal(this.#spans, mortal(row));
    this.#due = earlier(this.#due, { dueAt, sweepAt: sweepAt(dueAt, dueAt - row.at) });
  }

  /** Blanks what is over; at once a bounded number. */
  sweep(log: GroupLog, now: number): void {
    if (this.#due === undefined || this.#due.dueAt > now) return;
    const over = new Map<number, Logged>();
    const spans: Span[] = [];
    let due: Due | undefined;
    for (const span of this.#spans) {
      const upTo = Math.min(span.to, span.from + ROWS_AT_ONCE - 1);
      const rows = log.rows(span.from, upTo - span.from + 1).map(mortal);
      const { over: found, rest, dueAt } = progress(span, rows, upTo, now);
      for (const { row } of found) over.set(row.number, row);
      if (rest === undefined || dueAt === undefined) continue;
      spans.push(rest);
      due = earlier(due, { dueAt, sweepAt: dueAt <= now ? dueAt : sweepAt(dueAt, span.ttlMs) });
    }
    log.expire([...over.values()]);
    this.#spans = spans;
    this.#due = due;
  }

  /** With the cursors: what the log has up to here is known then. */
  flush(): void {
    const spans = JSON.stringify(this.#spans);
    if (spans !== this.#kept) this.#store.setFact("expiring", spans);
    this.#kept = spans;
  }
}
