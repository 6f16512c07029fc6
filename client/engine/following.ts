/**
 * Large groups have one log for all: this device follows it for itself. What is passed through is
 * taken where it continues what is here, what was missed is fetched. After a long time away the
 * newest page comes at once, and the rest when somebody looks at it or the app takes it.
 */

import { DEVICE_LIMITS } from "../../protocol/device-limits.ts";
import { rangeOf } from "../../protocol/history.ts";
import type { LoggedEntry } from "../../protocol/large-groups.ts";
import type { NumberedEntry } from "../core/amend.ts";
import { takeExpiry } from "../core/expiry.ts";
import { isFollowed, logCursor } from "../core/followed.ts";
import { takeHead } from "../core/head.ts";
import { isInLog } from "../core/in-log.ts";
import { asEntries } from "../core/log-run.ts";
import { HoldfastError } from "../errors.ts";
import type { ConversationRow, StoredEntry } from "../store.ts";
import { Alarm } from "./alarm.ts";
import type { LeaderContext } from "./context.ts";
import type { MessageHandler } from "./handing.ts";
import { type HeadFrame, HeardLogs, type LogFrame } from "./heard-logs.ts";
import { type FetchPage, isChanged, type Page } from "./history.ts";
import { Keeping } from "./keeping.ts";
import { FETCH_AGAIN_MS, handedTarget, LogHanding } from "./log-handing.ts";
import { Questions } from "./questions.ts";

/** Who has missed more begins anew with the newest page. */
const CATCH_UP_ENTRIES = 1_000;

export interface FollowingPorts {
  readonly handler: () => MessageHandler | undefined;
  /** Entries of logs that were not here yet. */
  readonly onKept: (arrived: readonly StoredEntry[]) => void;
  /** Older ones of this conversation. */
  readonly onFetched: (conversation: string) => void;
  /** There is something for the app. */
  readonly onMore: () => void;
}

export class Following {
  readonly handing: LogHanding;
  readonly #context: LeaderContext;
  readonly #ports: FollowingPorts;
  readonly #keeping: Keeping;
  readonly #questions: Questions;
  readonly #heard = new HeardLogs();
  readonly #alarm: Alarm;
  #isOutOfReach = false;
  /** Up to where logs are being fetched. */
  readonly #wanted = new Map<string, number>();

  constructor(context: LeaderContext, ports: FollowingPorts) {
    const { config, platform, tokens } = context;
    this.#ports = ports;
    this.#context = context;
    this.#keeping = new Keeping(context);
    this.#alarm = new Alarm(platform.clock, () => this.#catchUpAll());
    this.#questions = new Questions(config, platform, tokens);
    this.handing = new LogHanding(context, {
      ...{ handler: ports.handler, onMore: ports.onMore },
      fetch: (conversation, after) => this.#fetchAfter(conversation, after),
    });
  }

  stop(): void {
    this.#questions.stop();
    this.handing.stop();
    this.#alarm.end();
  }

  take(frame: LogFrame | HeadFrame): void {
    const { writer } = this.#context;
    writer.enter(() => {
      this.#heard.hear(frame, this.#stayIn(frame.conversation));
      return frame.t === "log" ? this.#log(frame) : this.#head(frame);
    });
  }

  /** Entries have come: they may say of a group that told of itself before that it is followed. */
  placed(): void {
    const waiting = this.#heard.takeWaiting((conversation) => this.#stayIn(conversation));
    for (const [conversation, { head, to, stay = 0 }] of waiting) {
      this.#context.writer.enter(async () => {
        // One from before this stay counts what was not for this user.
        if (head !== undefined && head.number >= stay) await this.#head(head);
        void this.#catchUp(conversation, Math.max(to, stay));
      });
    }
    // Who has gone and come back lacks what was told of meanwhile.
    if (!this.#isOutOfReach) this.#catchUpAll();
  }

  /** The session has ended; what it told before that may still wait for the store. */
  lost(): void {
    this.#context.writer.enter(async () => this.#heard.clear());
  }

  /** All rows are as a state has them. */
  reset(): void {
    this.#heard.forget();
    this.placed();
  }

  /** Where this user's stay in a group that is followed begins. */
  #stayIn(conversation: string): number | undefined {
    const row = this.#context.book.rows.get(conversation);
    return row !== undefined && isFollowed(row) ? row.membership?.from : undefined;
  }

  /** What a group has no copies of is in its log; all else is where `fetch` finds it. */
  async fetch(page: Page, fetch: FetchPage): Promise<void> {
    const row = this.#context.book.rows.get(page.conversation);
    return row !== undefined && isInLog(row, page) ? this.#fetchLog(page) : fetch(page);
  }

  /** A page of older entries, from the group into the store. */
  async #fetchLog(page: Page): Promise<void> {
    const { conversation } = page;
    const row = this.#context.book.rows.get(conversation);
    const wanted = row && rangeOf(page, Math.max(1, row.start), row.head);
    if (wanted === undefined) return;
    const { from, to } = wanted;
    await this.#fetchPage(conversation, from - 1, to - from + 1, () => to);
  }

  /** What the app has not had and the store lacks. */
  async #fetchAfter(conversation: string, after: number): Promise<number | undefined> {
    if (!this.#context.connector.ready) throw new HoldfastError("offline");
    const limit = DEVICE_LIMITS.historyEntries;
    const answered = await this.#fetchPage(conversation, after, limit, (row) =>
      row === undefined ? 0 : handedTarget(row),
    );
    return answered[0]?.number;
  }

  /** Again, where something was said about these meanwhile: the answer may not know of it. */
  async #fetchPage(
    conversation: string,
    after: number,
    limit: number,
    upTo: (row: ConversationRow | undefined) => number,
  ): Promise<readonly NumberedEntry[]> {
    const { book } = this.#context;
    for (;;) {
      const row = book.rows.get(conversation);
      const asOf = row === undefined ? 0 : logCursor(row);
      const answered = await this.ask(conversation, after, limit);
      const to = upTo(book.rows.get(conversation));
      const page = answered.filter(({ number }) => number <= to);
      if (await this.#store(conversation, page, asOf)) return answered;
    }
  }

  /** They are as they are now; false: they may be older than what has come since `asOf`. */
  async #store(
    conversation: string,
    answered: readonly NumberedEntry[],
    asOf: number,
  ): Promise<boolean> {
    const { book, writer } = this.#context;
    let isOld = false;
    await writer.run(async () => {
      isOld = await isChanged(this.#context, conversation, answered, asOf);
      if (isOld) return;
      const known = await this.#known(conversation, answered);
      const isMissing = ({ number }: NumberedEntry) =>
        (known.get(number)?.entry.body.kind ?? "placeholder") === "placeholder";
      const fresh = answered.filter(isMissing);
      const row = book.rows.get(conversation);
      if (fresh.length === 0 || row === undefined) return;
      const entries = fresh.map((entry) => ({ entry }));
      const conversations = [fresh.reduce(takeExpiry, row)];
      await writer.commit({ entries, conversations }, { entries, rows: conversations });
      this.#ports.onFetched(conversation);
    });
    return !isOld;
  }

  async #head(head: HeadFrame): Promise<void> {
    const { book, store, writer } = this.#context;
    const { conversation, number, read } = head;
    const row = book.rows.get(conversation);
    if (row === undefined || !isFollowed(row)) return;
    const after = { ...begun(row, number), log: logCursor(row) };
    const since = await store.range(conversation, number + 1, row.head);
    // A later one was told, and what lies between is still on its way.
    const isBehind = number < row.head && logCursor(row) < row.head;
    // It has not heard of what was read here: then all of it is counted here, as it comes.
    const isOld = isBehind || row.read > (read ?? row.readTold);
    const rows = [isOld ? after : takeHead(after, head, since, book.user)];
    if (!(await writer.commit({ conversations: rows }, { rows }))) return;
    void this.#catchUp(conversation, number);
  }

  async #log({ conversation, from, to, entries }: LogFrame): Promise<void> {
    const row = this.#context.book.rows.get(conversation);
    if (row === undefined || !isFollowed(row)) return;
    const run = asEntries(conversation, entries);
    if (from > logCursor(row) + 1 || run === undefined) void this.#catchUp(conversation, to);
    else await this.#keep(conversation, run);
  }

  /** Fetches what is missing up to `number`, and to what is passed meanwhile. */
  async #catchUp(conversation: string, number: number): Promise<void> {
    const { book, writer } = this.#context;
    const isUnderWay = this.#wanted.has(conversation);
    this.#wanted.set(conversation, Math.max(number, this.#wanted.get(conversation) ?? 0));
    if (isUnderWay) return;
    try {
      for (let goesOn = true; goesOn; ) {
        const row = book.rows.get(conversation);
        const to = this.#wanted.get(conversation) ?? 0;
        if (row === undefined || logCursor(row) >= to || !isFollowed(row)) return;
        const isFar = to - logCursor(row) > CATCH_UP_ENTRIES;
        if (isFar) await this.#beginAnew(conversation, to - DEVICE_LIMITS.historyEntries);
        const after = isFar ? to - DEVICE_LIMITS.historyEntries : logCursor(row);
        const run = await this.ask(conversation, after, DEVICE_LIMITS.historyEntries);
        goesOn = run.length > 0;
        await writer.run(() => this.#keep(conversation, run));
      }
    } catch (error) {
      if (!(error instanceof HoldfastError)) writer.broken(error);
      // Out of reach: nothing more may pass for long.
      else this.#askLater();
    } finally {
      this.#wanted.delete(conversation);
    }
  }

  #askLater(): void {
    this.#isOutOfReach = true;
    this.#alarm.setEarlier(this.#context.platform.clock.monotonic() + FETCH_AGAIN_MS);
  }

  #catchUpAll(): void {
    this.#isOutOfReach = false;
    if (!this.#context.connector.ready) return;
    for (const [conversation, to] of this.#heard.ends()) void this.#catchUp(conversation, to);
  }

  /** What is here may miss edits and recalls of what is passed over, so it goes. */
  #beginAnew(conversation: string, log: number): Promise<void> {
    const { book, writer } = this.#context;
    return writer.run(async () => {
      const row = book.rows.get(conversation);
      if (row === undefined || logCursor(row) >= log) return;
      const after = { ...row, log };
      const batch = { clearEntriesOf: conversation, conversations: [after] };
      await writer.commit(batch, { rows: [after] });
    });
  }

  /** Only within a writer's job. */
  async #keep(conversation: string, run: readonly NumberedEntry[]): Promise<void> {
    const { book, connector } = this.#context;
    const row = book.rows.get(conversation);
    // Whoever has gone meanwhile takes it when they are back.
    if (row === undefined || !isFollowed(row)) return;
    const fresh = run.filter(({ number }) => number > logCursor(row));
    const last = fresh.at(-1)?.number;
    if (last === undefined) return;
    const known = await this.#known(conversation, fresh);
    const isIdle = this.#ports.handler() === undefined;
    const arrived = await this.#keeping.keep(fresh, {}, { known, isIdle });
    if (arrived === undefined) return;
    this.#ports.onKept(arrived);
    this.#ports.onMore();
    connector.send({ t: "have", conversation, number: last });
  }

  /** What is in the store already: one's own, and what one is meant by. A stub says less than the log. */
  async #known(
    conversation: string,
    run: readonly NumberedEntry[],
  ): Promise<Map<number, StoredEntry>> {
    const [first, last] = [run[0]?.number ?? 1, run.at(-1)?.number ?? 0];
    const found = await this.#context.store.range(conversation, first, last);
    const whole = found.filter(({ entry }) => entry.body.kind !== "withheld");
    return new Map(whole.map((stored) => [stored.entry.number, stored]));
  }

  /** A run of the log as it is now, from the group itself. */
  async ask(conversation: string, after: number, limit: number): Promise<readonly NumberedEntry[]> {
    const path = `/v1/groups/${conversation.slice("group:".length)}/log`;
    const body = await this.#questions.get(path, { after, limit });
    const { entries } = (body ?? {}) as { readonly entries?: readonly LoggedEntry[] };
    const run = asEntries(conversation, entries);
    if (run === undefined) throw new HoldfastError("internal");
    return run;
  }
}

/**
 * A device that knew the group from its state alone is handed what follows the first head: what is
 * passed before may be of before that state, and have been handed long ago.
 */
function begun(row: ConversationRow, upTo: number): ConversationRow {
  return row.handed === undefined ? { ...row, handed: { upTo, since: 0 } } : row;
}
