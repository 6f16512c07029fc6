import { type Body, isCountable } from "../protocol/entries.ts";
import type { Span } from "../protocol/expiring.ts";
import type { LogEntry } from "../protocol/hand-offs.ts";
import type { Origin } from "../protocol/ids.ts";
import { ConversationLogs } from "./conversation-logs.ts";
import { pointersAfter } from "./core/chain.ts";
import { isChange } from "./core/changes.ts";
import { type Checkpoint, type CheckpointMarks, NO_CHECKPOINT } from "./core/checkpoint.ts";
import { advance, type ConversationState, hide, newConversation } from "./core/conversation.ts";
import type { Due } from "./core/expiry.ts";
import { changeRows, expireRow, type Layer } from "./core/layer.ts";
import { continues } from "./core/membership.ts";
import { forgetMention } from "./core/personal.ts";
import { isLogRow, type LogRow, type TimelineRow } from "./core/row.ts";
import { Expiring } from "./expiring.ts";
import type { UserStore } from "./user-store.ts";

/**
 * Whether this user sees an entry. What is veiled stands as a stub; the home of the conversation
 * keeps the entry itself beside it, for the copy of the other side.
 */
export type Veil = "none" | "kept" | "dropped";

type Said = Pick<LogRow, "body" | "changes">;

/** What is not seen expires all the same. */
function stubOf({ changes }: Said): Said {
  const expiresAt = changes?.expiresAt;
  return { body: { kind: "withheld" }, changes: expiresAt === undefined ? null : { expiresAt } };
}

/**
 * A user's timeline: one row per entry, and what is folded from the rows. Memory here is a cache:
 * the constructor rebuilds it from the last checkpoint and the few hundred rows since.
 */
export class Timeline extends ConversationLogs {
  readonly #store: UserStore;
  readonly #me: string;
  readonly #conversations = new Map<string, ConversationState>();
  readonly #changed = new Set<string>();
  readonly #counters: Map<string, number>;
  readonly owedAtCheckpoint: readonly string[];
  readonly deliveredAtCheckpoint: number;
  readonly expiring: Expiring;
  #checkpoint: number;
  #trimmed: number;
  #head: number;
  #keptAt = 0;

  constructor(store: UserStore, me: string) {
    super(store);
    this.#store = store;
    this.#me = me;
    const saved = store.fact("checkpoint");
    const checkpoint: Checkpoint =
      saved === undefined ? NO_CHECKPOINT : (JSON.parse(saved) as Checkpoint);
    this.#checkpoint = checkpoint.seq;
    this.owedAtCheckpoint = checkpoint.owed;
    this.deliveredAtCheckpoint = checkpoint.delivered;
    this.expiring = new Expiring(checkpoint.expiring);
    this.#trimmed = checkpoint.trimmed;
    this.#counters = new Map(Object.entries(checkpoint.counters));
    this.#head = store.head();
    for (const row of store.rows(checkpoint.seq + 1, this.#head - checkpoint.seq)) this.#take(row);
    if (this.#keptAt === 0) this.#keptAt = this.row(this.#head)?.keptAt ?? 0;
  }

  get head(): number {
    return this.#head;
  }

  /** Up to here superseded rows are gone, so no feed may begin before it. */
  get trimmed(): number {
    return this.#trimmed;
  }

  /** Conversations with rows since the checkpoint: all that can owe anything to anybody. */
  touched(): Iterable<string> {
    return this.#changed;
  }

  conversation(id: string): ConversationState {
    const known = this.#conversations.get(id) ?? this.#store.conversation(id);
    const state = known ?? newConversation(id);
    this.#conversations.set(id, state);
    return state;
  }

  /** All conversations that have a row, newest first. */
  conversations(): ConversationState[] {
    const all = new Map(this.#store.conversations().map((state) => [state.conversation, state]));
    for (const [id, state] of this.#conversations) if (state.touched.seq > 0) all.set(id, state);
    return [...all.values()].sort((a, b) => b.touched.seq - a.touched.seq);
  }

  /** Highest counter accepted from one of this user's devices. */
  counter(device: string): number {
    return this.#counters.get(device) ?? 0;
  }

  /** By conversation: number of the newest entry of others among the rows `from … to`. */
  newestForeign(from: number, to: number): Map<string, number> {
    return this.recent.newestForeign(from, to, this.#me);
  }

  /** Appends the next entry of a conversation's log; its number must continue what is there. */
  appendLog(conversation: string, entry: LogEntry, now: number, veil: Veil = "none"): TimelineRow {
    const state = this.conversation(conversation);
    if (!continues(state, entry)) throw new Error("a copy must stay contiguous");
    const newest = this.newest(conversation);
    const truth = { body: entry.body, changes: entry.changes ?? null };
    const { body, changes } = veil === "none" ? truth : stubOf(truth);
    const counts = isCountable(body) || body.kind === "recalled";
    const own = counts && entry.origin.user === this.#me;
    const row = this.#append({
      conversation,
      number: entry.number,
      origin: entry.origin,
      at: entry.at,
      priority: entry.priority,
      hash: entry.hash,
      body,
      changes,
      ...pointersAfter(newest, (seq) => this.logRow(seq)),
      countable: state.countable + (counts ? 1 : 0),
      own: state.own + (own ? 1 : 0),
      now,
    });
    if (veil === "kept") this.#store.people.veil(row.seq, truth);
    if (isLogRow(row)) this.#apply(row, entry.body, veil);
    return row;
  }

  /**
   * Appends what belongs to this user alone. A read mark carries the running counts of the message
   * that it stands on, so that unread can be folded from rows.
   */
  appendPrivate(
    conversation: string,
    body: Body,
    now: number,
    origin: Origin | null = null,
  ): TimelineRow {
    const target = body.kind === "read" ? this.find(conversation, body.number) : undefined;
    return this.#append({
      conversation,
      number: null,
      origin,
      at: now,
      priority: "normal",
      hash: 0,
      body,
      changes: null,
      previous: 0,
      jump: 0,
      countable: target?.countable ?? 0,
      own: target?.own ?? 0,
      now,
    });
  }

  /** Whether enough rows have come since the folded state was last written. */
  isCheckpointDue(rows: number): boolean {
    return this.#head - this.#checkpoint >= rows;
  }

  /**
   * What was given up, since nobody knew better, has its number after all: the entry that said so is
   * void, and keeps no second copy of the body. A scan, for counters met out of their order only.
   */
  withdrawFailure({ user, device, counter }: Origin): void {
    if (counter <= this.counter(device)) this.#voidFailure({ user, device, counter });
  }

  /** Writes the folded state. */
  checkpoint({ have, owed, floor, delivered }: CheckpointMarks): void {
    for (const id of this.#changed) {
      const state = this.conversation(id);
      state.peerHave = have(id);
      this.#store.saveConversation(state);
    }
    const counters = Object.fromEntries(this.#counters);
    this.#trim(Math.min(floor, this.#head - 1));
    const trimmed = this.#trimmed;
    const expiring = this.expiring.image();
    const saved: Checkpoint = { seq: this.#head, counters, owed, trimmed, delivered, expiring };
    this.#store.setFact("checkpoint", JSON.stringify(saved));
    this.#checkpoint = this.#head;
    this.#changed.clear();
  }

  /**
   * The time of these messages is over, or was before a crash: they say nothing any more. `spans` and
   * `due` tell what is left.
   */
  expire(
    conversation: string,
    rows: readonly LogRow[],
    spans: readonly Span[],
    due: Due | undefined,
  ): void {
    const state = this.conversation(conversation);
    this.search.together(() => {
      for (const row of rows) {
        if (row.origin.user !== this.#me && this.#isCounted(row)) hide(state, row.number);
        forgetMention(state, row.number);
        this.#blank(row);
      }
    });
    state.expiring = spans;
    this.expiring.set(conversation, due);
    this.#changed.add(conversation);
  }

  #blank({ conversation, number }: LogRow): void {
    const shown = this.find(conversation, number);
    if (shown === undefined) return;
    const { people, givenUp } = this.conversation(conversation);
    const blanked = expireRow(this.#shown(conversation), shown);
    // Looking for the second body of what was given up is a scan: only where there may be one.
    const failed = blanked.filter((row) => row.number <= givenUp);
    for (const { origin } of failed) this.#voidFailure(origin);
    if (people?.veiled === true) expireRow(this.#truth(conversation), this.truth(shown));
  }

  /** Whether it was a message when it came: running counts tell, whatever it says now. */
  #isCounted({ previous, countable }: LogRow): boolean {
    return countable > (previous === 0 ? 0 : this.logRow(previous).countable);
  }

  #trim(floor: number): void {
    if (floor <= this.#trimmed) return;
    this.recent.trim(this.#trimmed + 1, floor);
    this.#trimmed = floor;
  }

  #append(draft: Omit<TimelineRow, "seq" | "keptAt"> & { now: number }): TimelineRow {
    const { now, ...fields } = draft;
    const keptAt = Math.max(now, this.#keptAt);
    const row: TimelineRow = { ...fields, seq: this.#head + 1, keptAt };
    this.#store.append(row);
    this.#head = row.seq;
    this.#take(row);
    return row;
  }

  /** What is veiled changes nothing of what this user sees, but the log that others get. */
  #apply(row: LogRow, body: Body, veil: Veil): void {
    if (!isChange(body)) return;
    const { conversation } = row;
    if (veil === "none") {
      const blanked = changeRows(this.#shown(conversation), row, body);
      // What was given up for want of the other side has its body in a second row.
      for (const { origin } of blanked) this.#voidFailure(origin);
    }
    if (veil === "dropped" || this.conversation(conversation).people?.veiled !== true) return;
    changeRows(this.#truth(conversation), { ...row, body }, body);
  }

  #shown(conversation: string): Layer {
    return {
      find: (number) => this.find(conversation, number),
      rewrite: (row, body, changes) => this.recent.rewrite(row, body, changes),
    };
  }

  #truth(conversation: string): Layer {
    return {
      find: (number) => {
        const row = this.find(conversation, number);
        return row === undefined ? undefined : this.truth(row);
      },
      rewrite: ({ seq }, body, changes) => {
        const { body: shown, changes: shownChanges } = this.logRow(seq);
        const same = JSON.stringify([shown, shownChanges]) === JSON.stringify([body, changes]);
        if (same) this.#store.people.unveil(seq);
        else this.#store.people.veil(seq, { body, changes });
      },
    };
  }

  #voidFailure({ user, device, counter }: Origin): void {
    const row = user === this.#me ? this.#store.failureOf(user, device, counter) : undefined;
    if (row !== undefined) this.recent.rewrite(row, { kind: "withheld" }, null);
  }

  #take(row: TimelineRow): void {
    advance(this.conversation(row.conversation), row, this.#me);
    this.#changed.add(row.conversation);
    this.expiring.note(row);
    this.#keptAt = row.keptAt;
    if (row.origin?.user === this.#me) {
      const known = this.#counters.get(row.origin.device) ?? 0;
      this.#counters.set(row.origin.device, Math.max(known, row.origin.counter));
    }
    this.recent.take(row);
  }
}
