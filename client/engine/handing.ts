/** Hands stored entries to the app's handler, one after the other, until it has taken them. */
import type { Entry } from "../../protocol/entries.ts";
import { isNumbered } from "../core/amend.ts";
import { counterOf } from "../core/conversations.ts";
import { isHandedByNumber } from "../core/followed.ts";
import type { Message } from "../model.ts";
import type { Clock } from "../ports.ts";
import type { ClientStore, StoredEntry } from "../store.ts";
import { Alarm } from "./alarm.ts";
import type { Book } from "./book.ts";

export type MessageHandler = (message: Message) => void | Promise<void>;

export interface HandingEvents {
  /** The app has everything up to `seq`. */
  handled(seq: number): void;
  /** The handler threw. */
  refused(seq: number, reason: string): void;
  /**
   * Hands a page of a log that the app gets by its numbers, once the timeline is past its beginning;
   * true: there may be more. Nothing else is handed meanwhile.
   */
  handOver(position: number): Promise<boolean> | false;
  /** The store failed: what is left is handed with the next that arrives. */
  broken(error: unknown): void;
}

const PAGE = 64;
/** After the n-th throw for the same entry. After the fifth there is to be a placeholder. */
export const AGAIN_MS = [1_000, 10_000, 60_000, 300_000];
/** Until the server has sent it. */
const PLACEHOLDER_MS = 600_000;

export class Handing {
  readonly #store: ClientStore;
  readonly #book: Book;
  readonly #clock: Clock;
  readonly #handler: () => MessageHandler | undefined;
  readonly #events: HandingEvents;
  readonly #alarm: Alarm;
  /** Handled up to, and stored up to. */
  #position: number;
  #upTo: number;
  #running = false;
  #again = false;
  #stopped = false;
  #throws = 0;
  /** The entry that the app has just refused waits. */
  #waits = false;

  constructor(
    store: ClientStore,
    book: Book,
    clock: Clock,
    marks: { readonly handled: number; readonly stored: number },
    handler: () => MessageHandler | undefined,
    events: HandingEvents,
  ) {
    this.#store = store;
    this.#book = book;
    this.#clock = clock;
    this.#handler = handler;
    this.#events = events;
    this.#position = marks.handled;
    this.#upTo = marks.stored;
    this.#alarm = new Alarm(clock, () => this.again());
  }

  /** Nobody wants them: storing is handling. */
  get idle(): boolean {
    return this.#handler() === undefined;
  }

  /** Entries up to `seq` are in the store. */
  more(seq: number): void {
    if (this.idle) return this.restart(seq);
    this.#upTo = Math.max(this.#upTo, seq);
    this.start();
  }

  restart(seq: number): void {
    this.#position = seq;
    this.#upTo = seq;
    this.#throws = 0;
    this.#waits = false;
  }

  /** Now rather than at the end of the delay: what was refused has been replaced. */
  again(): void {
    this.#alarm.clear();
    this.#waits = false;
    this.start();
  }

  stop(): void {
    this.#stopped = true;
    this.#alarm.end();
  }

  /** Goes on with whatever there is. */
  start(): void {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    this.#run().catch((error) => this.#events.broken(error));
  }

  async #run(): Promise<void> {
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        if (!this.#waits) await this.#pump();
        const more = !this.#stopped && this.#events.handOver(this.#position);
        if (more !== false && (await more)) this.#again = true;
      }
    } finally {
      this.#running = false;
    }
  }

  async #pump(): Promise<void> {
    while (!this.#stopped && this.#position < this.#upTo) {
      const upTo = this.#upTo;
      const page = await this.#store.sinceSeq(this.#position, upTo, PAGE);
      for (const stored of page) {
        // What has no number is no business of the app's, so it is handled by being stored.
        this.#reach(stored.entry.seq - 1);
        if (this.#stopped || !(await this.#hand(stored))) return;
        this.#throws = 0;
        this.#reach(stored.entry.seq);
      }
      if (page.length < PAGE) this.#reach(upTo);
    }
  }

  #reach(seq: number): void {
    if (this.#stopped || seq <= this.#position) return;
    this.#position = seq;
    this.#events.handled(seq);
  }

  async #hand(stored: StoredEntry): Promise<boolean> {
    const { seq } = stored.entry;
    const handler = this.#handler();
    const row = this.#book.rows.get(stored.entry.conversation);
    const isElsewhere = isHandedByNumber(row, seq);
    if (handler === undefined || isElsewhere || !concernsApp(stored.entry, this.#book)) return true;
    try {
      await handler(this.#book.message(stored));
      return true;
    } catch (error) {
      const delay = AGAIN_MS[this.#throws] ?? PLACEHOLDER_MS;
      this.#throws += 1;
      if (this.#stopped) return false;
      this.#waits = true;
      this.#events.refused(seq, error instanceof Error ? error.message : String(error));
      this.#alarm.set(this.#clock.monotonic() + delay);
      return false;
    }
  }
}

/** What others, or this user's other devices, have said. */
export function concernsApp(entry: Entry, { user, device }: Book): boolean {
  const { kind } = entry.body;
  if (!isNumbered(entry) || kind === "withheld" || kind === "placeholder") return false;
  return counterOf(entry, user, device) === 0;
}
