/**
 * Hands the app what it gets by its numbers: the logs of large groups, each from its own cursor, in
 * order. What is not in the store is fetched first; what a handler throws at is not passed, and holds
 * back its own group alone, until it is refused for good.
 */
import type { NumberedEntry } from "../core/amend.ts";
import { isFollowed, logCursor } from "../core/followed.ts";
import type { ConversationRow, StoredEntry } from "../store.ts";
import { Alarm } from "./alarm.ts";
import type { LeaderContext } from "./context.ts";
import { AGAIN_MS, concernsApp, type MessageHandler } from "./handing.ts";

/** Entries that are handed before others get a turn. */
const PAGE = 64;
/** How far the app is, is written at the latest after this. */
const KEEP_MS = 100;
/** After a question to the group that failed. */
export const FETCH_AGAIN_MS = 10_000;
const REASON_CHARS = 64;

export interface LogHandingPorts {
  readonly handler: () => MessageHandler | undefined;
  /** Brings what follows `after` into the store. Returns its first number, undefined: none is left. */
  fetch(conversation: string, after: number): Promise<number | undefined>;
  onMore(): void;
}

/** Up to where the app is to have a log that it is handed by numbers; 0: it is not. */
export function handedTarget(row: ConversationRow): number {
  if (row.handed === undefined || row.membership?.state !== "member") return 0;
  return isFollowed(row) ? logCursor(row) : row.head;
}

export class LogHanding {
  readonly #context: LeaderContext;
  readonly #ports: LogHandingPorts;
  readonly #alarm: Alarm;
  /** Logs that wait until then, monotonic, ms. */
  readonly #waits = new Map<string, number>();
  readonly #fetching = new Set<string>();
  /** Whose turn it was: the others come first. */
  #last = "";
  #isStopped = false;

  constructor(context: LeaderContext, ports: LogHandingPorts) {
    this.#context = context;
    this.#ports = ports;
    this.#alarm = new Alarm(context.platform.clock, () => ports.onMore());
  }

  /** One page of one log; true: there may be more. `position`: how far the timeline is handed. */
  async hand(position: number): Promise<boolean> {
    const row = this.#next(position);
    if (row?.handed === undefined) return this.#rest();
    const { conversation } = row;
    this.#last = conversation;
    const { upTo } = row.handed;
    const to = Math.min(upTo + PAGE, handedTarget(row));
    const found = await this.#context.store.range(conversation, upTo + 1, to);
    const run = found.filter(({ entry }, index) => entry.number === upTo + 1 + index);
    if (run.length === 0) void this.#fetch(row);
    else await this.#handRun(conversation, run);
    return !this.#isStopped;
  }

  stop(): void {
    this.#isStopped = true;
    this.#alarm.end();
  }

  #rest(): false {
    const now = this.#context.platform.clock.monotonic();
    const later = [...this.#waits.values()].filter((at) => at > now);
    if (later.length > 0) this.#alarm.setEarlier(Math.min(...later));
    return false;
  }

  #next(position: number): ConversationRow | undefined {
    const { book, platform } = this.#context;
    const now = platform.clock.monotonic();
    const isReady = ({ conversation, handed }: ConversationRow, target: number) =>
      handed !== undefined &&
      handed.upTo < target &&
      handed.since <= position &&
      (this.#waits.get(conversation) ?? 0) <= now &&
      !this.#fetching.has(conversation);
    const ready = [...book.rows.values()].filter((row) => isReady(row, handedTarget(row)));
    return ready.find(({ conversation }) => conversation !== this.#last) ?? ready[0];
  }

  async #handRun(conversation: string, run: readonly StoredEntry[]): Promise<void> {
    const { clock } = this.#context.platform;
    let keptAt = clock.monotonic();
    for (const stored of run) {
      const isTaken = await this.#handOne(stored);
      if (this.#isStopped) return;
      const { number } = stored.entry;
      if (!isTaken) return;
      this.#waits.delete(conversation);
      if (clock.monotonic() - keptAt < KEEP_MS) continue;
      await this.#keep(conversation, number);
      keptAt = clock.monotonic();
    }
    await this.#keep(conversation, run.at(-1)?.entry.number ?? 0);
  }

  /** True: it is behind us, since the app has taken it or refused it too often. */
  async #handOne(stored: StoredEntry): Promise<boolean> {
    const { book } = this.#context;
    const handler = this.#ports.handler();
    if (handler === undefined || !concernsApp(stored.entry, book)) return true;
    try {
      await handler(book.message(stored));
      return true;
    } catch (error) {
      return !this.#isStopped && this.#refused(stored.entry, error);
    }
  }

  /** Rule R17. Nobody but this device knows what it hands of a log, so it counts for itself. */
  async #refused(entry: NumberedEntry, error: unknown): Promise<boolean> {
    const { conversation, number } = entry;
    const { upTo, throws: known = 0 } = this.#context.book.rows.get(conversation)?.handed ?? {};
    const throws = upTo === number - 1 ? known + 1 : 1;
    const delayMs = AGAIN_MS[throws - 1];
    if (delayMs === undefined) {
      await this.#replace(entry, error);
      return true;
    }
    this.#wait(conversation, delayMs);
    await this.#keep(conversation, number - 1, throws);
    return false;
  }

  /** It is seen that there is something, and why it is not here; what it is, the log is asked for. */
  #replace(entry: NumberedEntry, error: unknown): Promise<void> {
    const { writer } = this.#context;
    const reason = String(error instanceof Error ? error.message : error).slice(0, REASON_CHARS);
    const body = { kind: "placeholder", reason } as const;
    const entries = [{ entry: { ...entry, seq: 0, body } }];
    return writer.run(async () => {
      await writer.commit({ entries }, { entries });
    });
  }

  #wait(conversation: string, delayMs: number): void {
    this.#waits.set(conversation, this.#context.platform.clock.monotonic() + delayMs);
  }

  #keep(conversation: string, upTo: number, throws?: number): Promise<void> {
    const { book, writer } = this.#context;
    return writer.run(async () => {
      const row = book.rows.get(conversation);
      if (row?.handed === undefined || row.handed.upTo > upTo) return;
      if (row.handed.upTo === upTo && throws === undefined) return;
      const handed = { upTo, since: row.handed.since, ...(throws === undefined ? {} : { throws }) };
      const after = { ...row, handed };
      await writer.commit({ conversations: [after] }, { rows: [after] });
    });
  }

  /** A hole: the newest page was shown first, or the copy has begun again. */
  async #fetch(row: ConversationRow): Promise<void> {
    const { conversation, handed } = row;
    this.#fetching.add(conversation);
    try {
      const first = await this.#ports.fetch(conversation, handed?.upTo ?? 0);
      // What this user does not see is no hole.
      await this.#keep(conversation, first === undefined ? handedTarget(row) : first - 1);
    } catch {
      this.#wait(conversation, FETCH_AGAIN_MS);
    } finally {
      this.#fetching.delete(conversation);
    }
    if (!this.#isStopped) this.#ports.onMore();
  }
}
