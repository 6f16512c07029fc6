/** Takes what the server feeds: stores the run that continues ours, and acks what was handled. */
import type { Entry } from "../../protocol/entries.ts";
import type { EntriesFrame, Welcome } from "../../protocol/server-frames.ts";
import { isNumbered } from "../core/amend.ts";
import { counterOf } from "../core/conversations.ts";
import { emptyInbox, type Inbox, takeEntries } from "../core/inbox.ts";
import type { StoredEntry, StoreMeta } from "../store.ts";
import { Acks } from "./acks.ts";
import { Alarm } from "./alarm.ts";
import type { LeaderContext } from "./context.ts";
import { Handing, type MessageHandler } from "./handing.ts";
import { Keeping } from "./keeping.ts";
import { Lifetimes } from "./lifetimes.ts";

export interface ReceivingEvents {
  /** A message of this device came back. */
  returned(conversation: string, counter: number): void;
  progress(have: number, caughtUp: boolean): void;
  /** The timeline is handed up to `position`: now a page of what is handed by its numbers. */
  handOver(position: number): Promise<boolean> | false;
}

/** What is missing is asked for at most this often, and a hint must last as long. */
const ASK_EVERY_MS = 2_000;
const NACK_REASON_CHARS = 64;

export class Receiving {
  readonly lifetimes: Lifetimes;
  readonly #context: LeaderContext;
  readonly #events: ReceivingEvents;
  readonly #keeping: Keeping;
  readonly #handing: Handing;
  readonly #acks: Acks;
  readonly #askAlarm: Alarm;
  #inbox: Inbox;
  #handled: number;
  #handledKept: number;
  /** Newest seq that this session has brought without a hole: an ack beyond it is an error. */
  #sessionTo = 0;
  /** Newest seq that a pong has told of. */
  #hinted = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** Placeholders whose entries this session was asked for. */
  readonly #retried = new Set<number>();
  /** Raised by each session: frames of an earlier one may still wait to be stored. */
  #session = 0;
  /** Nothing was ever stored: the server decides where to begin. */
  #isNew: boolean;

  constructor(
    context: LeaderContext,
    meta: StoreMeta,
    handler: () => MessageHandler | undefined,
    events: ReceivingEvents,
  ) {
    this.#context = context;
    this.#events = events;
    const { clock } = context.platform;
    const stored = meta.stored ?? 0;
    this.#isNew = meta.stored === null;
    this.#inbox = emptyInbox(stored);
    this.#handled = handler() === undefined ? stored : meta.handled;
    this.#handledKept = meta.handled;
    this.#keeping = new Keeping(context);
    this.lifetimes = new Lifetimes(context);
    this.#acks = new Acks(clock, () => this.#context.writer.enter(() => this.#ack()));
    this.#askAlarm = new Alarm(clock, () => this.#askAgain());
    const marks = { handled: this.#handled, stored };
    this.#handing = new Handing(context.store, context.book, clock, marks, handler, {
      handled: (seq) => this.#handledUpTo(seq),
      refused: (seq, reason) => this.#nack(seq, reason),
      handOver: (position) => events.handOver(position),
      broken: (error) => context.writer.broken(error),
    });
    // What an earlier life has stored and not handled needs no connection.
    this.#handing.more(stored);
  }

  get stored(): number {
    return this.#inbox.stored;
  }

  /** End of what is stored and handled: hello's cursor. */
  get cursor(): number | null {
    return this.#isNew ? null : this.#handled;
  }

  /** The feed goes on after `welcome.cursor`; what is stored beyond it comes again and is dropped. */
  start(welcome: Welcome): void {
    this.#session += 1;
    this.#sessionTo = welcome.cursor;
    this.#hinted = 0;
    this.#acks.setDelays(welcome);
    this.lifetimes.start(welcome.serverTime);
    if (welcome.reset) return;
    this.#isNew = false;
    if (welcome.cursor > this.#inbox.stored) this.#inbox = emptyInbox(welcome.cursor);
    if (this.#handing.idle) this.#handled = this.#inbox.stored;
    this.#handing.more(this.#inbox.stored);
  }

  /** The state as of `seq` is in the store, whatever was before. */
  restart(seq: number): void {
    this.#inbox = emptyInbox(seq);
    this.#handled = seq;
    this.#handledKept = seq;
    this.#sessionTo = seq;
    this.#isNew = false;
    this.#handing.restart(seq);
    this.lifetimes.lookAtAll();
  }

  lost(): void {
    this.#retried.clear();
    this.#askAlarm.clear();
    this.#askedAt = Number.NEGATIVE_INFINITY;
    this.#inbox = emptyInbox(this.#inbox.stored);
  }

  stop(): void {
    this.#handing.stop();
    this.lifetimes.stop();
    this.#acks.stop();
    this.#askAlarm.end();
  }

  take(frame: EntriesFrame): void {
    const session = this.#session;
    this.#context.writer.enter(() => this.#store(frame, session));
  }

  /** There may be more of a log for the app. */
  handOn(): void {
    this.#handing.start();
  }

  /** An ack was not taken: without it the feed may stand still. */
  ackRefused(afterMs: number): void {
    this.#acks.again(afterMs);
  }

  /** Asks for the entry behind a placeholder. */
  retry(seq: number): void {
    this.#retried.add(seq);
    this.#context.connector.send({ t: "retry-entry", seq });
  }

  /** From a pong: a hint only, so it must last before anything is asked for. */
  head(head: number): void {
    this.#hinted = head;
    const now = this.#context.platform.clock.monotonic();
    if (head > this.#inbox.stored) this.#askAlarm.setEarlier(now + ASK_EVERY_MS);
  }

  async #store(frame: EntriesFrame, session: number): Promise<void> {
    const taken = takeEntries(this.#inbox, this.#handled, frame);
    if (taken.kind === "broken") return this.#ask();
    if (frame.from <= this.#sessionTo + 1) this.#sent(session, frame.to);
    if (taken.kind === "gap") {
      this.#inbox = taken.inbox;
      return frame.route === "urgent" ? this.#alert(frame) : this.#ask();
    }
    if (taken.kind === "next") await this.#keep(taken.entries, taken.inbox, session);
    else if (taken.kind === "replace") await this.#replace(taken.entry);
    else await this.#again(frame);
    this.#events.progress(this.#inbox.stored, frame.caughtUp && frame.to >= this.#inbox.stored);
  }

  async #again({ entries }: EntriesFrame): Promise<void> {
    const retried = entries.find(({ seq }) => this.#retried.delete(seq));
    if (retried !== undefined) return this.#replace(retried);
    // An ack was lost, or the feed was rewound: say again how far we are.
    this.#acks.note(0);
  }

  async #keep(entries: readonly Entry[], inbox: Inbox, session: number) {
    const { idle } = this.#handing;
    const meta = { stored: inbox.stored, ...(idle ? { handled: inbox.stored } : {}) };
    const arrived = await this.#keeping.keep(entries, meta, { isIdle: idle });
    if (arrived === undefined) return;
    this.#inbox = inbox;
    this.#sent(session, inbox.stored);
    if (idle) this.#handledKept = inbox.stored;
    if (idle) this.#handledUpTo(inbox.stored);
    this.#handing.more(inbox.stored);
    this.kept(arrived);
  }

  #sent(session: number, to: number): void {
    if (session === this.#session) this.#sessionTo = Math.max(this.#sessionTo, to);
  }

  /** Entries that were not here yet are in the store, wherever they came from. */
  kept(arrived: readonly StoredEntry[]): void {
    this.lifetimes.note(arrived);
    const { user, device } = this.#context.book;
    for (const { entry } of arrived) {
      const counter = counterOf(entry, user, device);
      if (counter > 0) this.#events.returned(entry.conversation, counter);
    }
  }

  /** The ack lists it as kept, which ends its retries and moves nothing. */
  #alert({ entries }: EntriesFrame): void {
    this.#acks.note(0);
    for (const entry of entries.filter(isNumbered)) {
      const message = this.#context.book.message({ entry });
      this.#context.emit({ type: "urgent", message });
    }
  }

  async #replace(entry: Entry): Promise<void> {
    if (!isNumbered(entry)) return;
    const entries = [{ entry }];
    if (await this.#context.writer.commit({ entries }, { entries })) this.#handing.again();
  }

  #handledUpTo(seq: number): void {
    if (seq <= this.#handled) return;
    this.#acks.note(seq - this.#handled);
    this.#handled = seq;
  }

  async #ack(): Promise<void> {
    const handled = this.#handled;
    const { writer, connector } = this.#context;
    if (handled > this.#handledKept) {
      if (!(await writer.commit({ meta: { handled } }, {}))) return;
      this.#handledKept = handled;
    }
    const aside = [...this.#inbox.aside.keys()];
    const seq = Math.min(handled, this.#sessionTo);
    connector.send({ t: "ack", seq, ...(aside.length > 0 ? { aside } : {}) });
  }

  #nack(seq: number, reason: string): void {
    const short = reason.slice(0, NACK_REASON_CHARS);
    this.#context.writer.enter(async () => {
      // What lies before it is handled: only the head of the feed can be refused.
      await this.#ack();
      if (seq <= this.#sessionTo) this.#context.connector.send({ t: "nack", seq, reason: short });
    });
  }

  #ask(): void {
    const now = this.#context.platform.clock.monotonic();
    this.#askAlarm.setEarlier(Math.max(now, this.#askedAt) + ASK_EVERY_MS);
    if (now - this.#askedAt < ASK_EVERY_MS) return;
    this.#askedAt = now;
    this.#context.connector.send({ t: "sync", cursor: this.#inbox.stored });
  }

  #askAgain(): void {
    if (this.#inbox.aside.size > 0 || this.#hinted > this.#inbox.stored) this.#ask();
  }
}
