import type { LogEntry } from "../protocol/hand-offs.ts";
import type { Origin } from "../protocol/ids.ts";
import { findNumber, findUpTo } from "./core/chain.ts";
import type { ConversationState } from "./core/conversation.ts";
import { editsOf } from "./core/layer.ts";
import { isLogRow, type LogRow, type TimelineRow, toLogEntry } from "./core/row.ts";
import { type EncodedEntry, RecentRows } from "./recent-rows.ts";
import { SearchIndex } from "./search-index.ts";
import type { UserStore } from "./user-store.ts";

/**
 * The reading half of a timeline: its rows by seq, and the log of each conversation, found by
 * walking back from the newest entry along the rows' own pointers.
 */
export abstract class ConversationLogs {
  readonly search: SearchIndex;
  protected readonly recent: RecentRows;
  readonly #people: UserStore["people"];

  constructor(store: UserStore) {
    this.search = new SearchIndex(store.search);
    this.recent = new RecentRows(store, this.search);
    this.#people = store.people;
  }

  abstract conversation(id: string): ConversationState;

  row(seq: number): TimelineRow | undefined {
    return this.recent.row(seq);
  }

  rows(from: number, limit: number): TimelineRow[] {
    return this.recent.rows(from, limit);
  }

  encoded(row: TimelineRow): EncodedEntry {
    return this.recent.encoded(row);
  }

  newest(conversation: string): LogRow | undefined {
    const { seq } = this.conversation(conversation).head;
    return seq === 0 ? undefined : this.logRow(seq);
  }

  find(conversation: string, number: number): LogRow | undefined {
    return findNumber(this.newest(conversation), number, (seq) => this.logRow(seq));
  }

  /** As the log of this home has it, where its user sees a stub or an older state (rule R16). */
  truth(row: LogRow): LogRow {
    if (this.conversation(row.conversation).people?.veiled !== true) return row;
    return { ...row, ...this.#people.veiled(row.seq) };
  }

  /** Newest entry of the conversation whose seq is at most `seq`. */
  newestUpTo(conversation: string, seq: number): LogRow | undefined {
    let at = this.newest(conversation);
    while (at !== undefined && at.seq > seq) {
      const far: LogRow | undefined = at.jump > seq ? this.logRow(at.jump) : undefined;
      at = far ?? (at.previous === 0 ? undefined : this.logRow(at.previous));
    }
    return at;
  }

  /** The entry of this origin in a conversation; its device's counters fall on the way back. */
  findOrigin(conversation: string, origin: Origin): LogRow | undefined {
    let at = this.newest(conversation);
    while (at !== undefined) {
      if (at.origin.device === origin.device && at.origin.user === origin.user) {
        if (at.origin.counter === origin.counter) return at;
        if (at.origin.counter < origin.counter) return undefined;
      }
      at = at.previous === 0 ? undefined : this.logRow(at.previous);
    }
    return undefined;
  }

  /** The edits of a message as the log has them, newest first. */
  edits(target: LogRow): readonly LogRow[] {
    return editsOf(target, (number) => {
      const edit = this.find(target.conversation, number);
      return edit === undefined ? undefined : this.truth(edit);
    });
  }

  /** Entries of a conversation's log from `from` on, bounded in number and bytes, oldest first. */
  log(conversation: string, from: number, entries: number, bytes: number): LogEntry[] {
    const { number: newest } = this.conversation(conversation).head;
    const page = this.history(conversation, Math.min(newest, from + entries - 1) + 1, entries);
    const run = page.filter((row) => row.number >= from).reverse();
    let room = bytes;
    const fitting = run.findIndex((row, index) => {
      room -= this.encoded(row).bytes;
      return room < 0 && index > 0;
    });
    return (fitting === -1 ? run : run.slice(0, fitting)).map((row) => toLogEntry(this.truth(row)));
  }

  /** Entries with these numbers, ends included, oldest first; holes are left out. */
  logFrom(conversation: string, from: number, to: number): LogRow[] {
    const run = this.history(conversation, to + 1, to - from + 1);
    return run.filter(({ number }) => number >= from).reverse();
  }

  /** Entries before a number, newest first. */
  history(conversation: string, before: number, limit: number): LogRow[] {
    const found: LogRow[] = [];
    let at = findUpTo(this.newest(conversation), before - 1, (seq) => this.logRow(seq));
    while (at !== undefined && found.length < limit) {
      found.push(at);
      at = at.previous === 0 ? undefined : this.logRow(at.previous);
    }
    return found;
  }

  protected logRow(seq: number): LogRow {
    const row = this.row(seq);
    if (row === undefined || !isLogRow(row)) throw new Error(`no log entry at seq ${seq}`);
    return row;
  }
}
