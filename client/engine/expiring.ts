/** Blanks messages whose time is over, in the store and in what is shown. */
import { type Progress, progress, type Span } from "../../protocol/expiring.ts";
import { blankEdit } from "../core/amend.ts";
import { expired, mortal, newestShown, withoutExpired } from "../core/expiry.ts";
import type { ConversationRow, StoredEntry } from "../store.ts";
import { Alarm } from "./alarm.ts";
import type { LeaderContext } from "./context.ts";
import { storedEdits } from "./edits.ts";
import type { ServerClock } from "./server-clock.ts";

/** Numbers that are read from the store at once. */
const PAGE = 200;

type Step = Progress<ReturnType<typeof mortal>>;

export class Expiring {
  readonly #context: LeaderContext;
  readonly #alarm: Alarm;
  /** Server time at which something is over, by conversation; 0: to be found out. */
  readonly #due = new Map<string, number>();
  readonly #clock: ServerClock;

  constructor(context: LeaderContext, clock: ServerClock) {
    this.#context = context;
    this.#clock = clock;
    this.#alarm = new Alarm(context.platform.clock, () => this.#sweepDue());
  }

  /** Something in this conversation expires; when, is to be found out. */
  look(conversation: string): void {
    this.#due.set(conversation, 0);
    this.arm();
  }

  /** As `look`, for those that come one by one: what they say themselves is enough. */
  note(arrived: readonly StoredEntry[]): void {
    for (const { entry } of arrived) {
      const expiresAt = entry.changes?.expiresAt;
      const known = this.#due.get(entry.conversation) ?? Number.POSITIVE_INFINITY;
      if (expiresAt !== undefined) this.#due.set(entry.conversation, Math.min(known, expiresAt));
    }
    this.arm();
  }

  /** The server's time has been learned anew. */
  arm(): void {
    const earliest = Math.min(...this.#due.values());
    if (this.#clock.isSet) this.#alarm.set(this.#clock.monotonicAt(earliest));
  }

  stop(): void {
    this.#alarm.end();
  }

  #sweepDue(): void {
    const { now } = this.#clock;
    for (const [conversation, due] of this.#due) {
      if (due > now) continue;
      this.#due.delete(conversation);
      this.#context.writer.enter(() => this.#sweep(conversation));
    }
    this.arm();
  }

  async #sweep(conversation: string): Promise<void> {
    const { book, writer } = this.#context;
    const row = book.rows.get(conversation);
    if (row === undefined) return;
    const { over, spans, dueAt } = await this.#over(row);
    const after = withoutExpired({ ...row, expiring: spans }, over, book.user);
    const blank = [...over.map(expired), ...(await this.#editsOf(over))];
    const isLastOver = over.some(({ entry }) => entry.number === row.last);
    const shown = isLastOver ? await this.#lastBefore(row, over) : undefined;
    const rows = [isLastOver ? { ...after, last: shown?.entry.number ?? 0 } : after];
    const entries = shown === undefined ? blank : [...blank, shown];
    if (over.length > 0 || (row.expiring ?? []).length !== spans.length) {
      if (!(await writer.commit({ entries: blank, conversations: rows }, { entries, rows })))
        return;
    }
    if (dueAt !== undefined) this.#due.set(conversation, dueAt);
    this.arm();
  }

  async #over({ conversation, expiring = [] }: ConversationRow) {
    const over = new Map<number, StoredEntry>();
    const spans: Span[] = [];
    let earliest: number | undefined;
    for (const span of expiring) {
      let left: Span | undefined = span;
      while (left !== undefined) {
        const upTo = Math.min(left.to, left.from + PAGE - 1);
        const found = await this.#context.store.range(conversation, left.from, upTo);
        const step: Step = progress(left, found.map(mortal), upTo, this.#clock.now);
        for (const { stored } of step.over) over.set(stored.entry.number, stored);
        left = step.rest;
        if (left === undefined || step.dueAt === undefined || step.dueAt <= this.#clock.now)
          continue;
        spans.push(left);
        earliest = Math.min(earliest ?? step.dueAt, step.dueAt);
        break;
      }
    }
    return { over: [...over.values()], spans, dueAt: earliest };
  }

  async #editsOf(over: readonly StoredEntry[]): Promise<StoredEntry[]> {
    const blank: StoredEntry[] = [];
    for (const stored of over) {
      const edits = await storedEdits(this.#context.store, stored);
      blank.push(...edits.map(blankEdit));
    }
    return blank;
  }

  /** What the list of conversations shows instead; undefined: nothing that is here. */
  async #lastBefore({ conversation, last }: ConversationRow, over: readonly StoredEntry[]) {
    const gone = new Set(over.map(({ entry }) => entry.number));
    for (let to = last - 1; to > 0; to -= PAGE) {
      const from = Math.max(1, to - PAGE + 1);
      const found = await this.#context.store.range(conversation, from, to);
      const shown = newestShown(found.filter(({ entry }) => !gone.has(entry.number)));
      if (shown !== undefined || found.length === 0) return shown;
    }
    return undefined;
  }
}
