/**
 * Large groups have one log for all: this device follows it for itself. What is passed through is
 * taken where it continues what is here; of what was missed the newest page is fetched, and older
 * ones when somebody looks at them.
 */

import { DEVICE_LIMITS } from "../../protocol/device-limits.ts";
import { rangeOf } from "../../protocol/history.ts";
import type { LoggedEntry } from "../../protocol/large-groups.ts";
import type { ServerFrame } from "../../protocol/server-frames.ts";
import type { NumberedEntry } from "../core/amend.ts";
import { counterOf } from "../core/conversations.ts";
import { isCount, isEntry, listOf } from "../core/decode.ts";
import { isFollowed, logCursor } from "../core/followed.ts";
import { isInLog } from "../core/place.ts";
import { HoldfastError } from "../errors.ts";
import type { StoredEntry } from "../store.ts";
import type { LeaderContext } from "./context.ts";
import type { FetchPage, Page } from "./history.ts";
import { Keeping } from "./keeping.ts";
import { Questions } from "./questions.ts";

type LogFrame = Extract<ServerFrame, { t: "log" }>;
type HeadFrame = Extract<ServerFrame, { t: "head" }>;

export class Following {
  readonly #context: LeaderContext;
  readonly #keeping: Keeping;
  readonly #questions: Questions;
  readonly #returned: (conversation: string, counter: number) => void;
  /** Groups of which a page is being fetched. */
  readonly #fetching = new Set<string>();

  /** `returned`: a message of this device came back. */
  constructor(
    context: LeaderContext,
    token: () => Promise<string>,
    returned: (conversation: string, counter: number) => void,
  ) {
    this.#context = context;
    this.#keeping = new Keeping(context);
    this.#questions = new Questions(context.config, context.platform, token);
    this.#returned = returned;
  }

  stop(): void {
    this.#questions.stop();
  }

  take(frame: LogFrame | HeadFrame): void {
    const { writer } = this.#context;
    writer.enter(() => (frame.t === "log" ? this.#log(frame) : this.#head(frame)));
  }

  /** What a group has no copies of is in its log; all else is where `fetch` finds it. */
  async fetch(page: Page, fetch: FetchPage): Promise<void> {
    const row = this.#context.book.rows.get(page.conversation);
    return row !== undefined && isInLog(row, page.before) ? this.#fetchLog(page) : fetch(page);
  }

  /** A page of older entries, from the group into the store. */
  async #fetchLog(page: Page): Promise<void> {
    const { conversation } = page;
    const row = this.#context.book.rows.get(conversation);
    const wanted = row && rangeOf(page, Math.max(1, row.start), row.head);
    if (wanted === undefined) return;
    const { from, to } = wanted;
    const answered = await this.#ask(conversation, from - 1, to - from + 1);
    const { writer } = this.#context;
    await writer.run(async () => {
      const known = await this.#known(conversation, answered);
      const entries = answered
        .filter(({ number }) => number <= to && !known.has(number))
        .map((entry) => ({ entry }));
      if (entries.length > 0) await writer.commit({ entries }, { entries });
    });
  }

  async #head({ conversation, number, unread }: HeadFrame): Promise<void> {
    const { book, writer } = this.#context;
    const row = book.rows.get(conversation);
    if (row === undefined || !isFollowed(row)) return;
    // The group's word, as of that number: what came since is counted here.
    const isNews = number >= row.head && row.read <= row.readTold;
    const after = {
      ...row,
      log: logCursor(row),
      head: Math.max(row.head, number),
      unread: isNews ? unread : row.unread,
    };
    if (!(await writer.commit({ conversations: [after] }, { rows: [after] }))) return;
    void this.#catchUp(conversation, number);
  }

  async #log({ conversation, from, to, entries }: LogFrame): Promise<void> {
    const row = this.#context.book.rows.get(conversation);
    if (row === undefined || !isFollowed(row)) return;
    const run = asEntries(conversation, entries);
    if (from > logCursor(row) + 1 || run === undefined) void this.#catchUp(conversation, to);
    else await this.#keep(conversation, run);
  }

  /** Fetches what is missing up to `number`: no more than a page, the rest is history. */
  async #catchUp(conversation: string, number: number): Promise<void> {
    const { book, writer } = this.#context;
    if (this.#fetching.has(conversation)) return;
    this.#fetching.add(conversation);
    try {
      for (let goesOn = true; goesOn; ) {
        const row = book.rows.get(conversation);
        if (row === undefined || logCursor(row) >= number || !isFollowed(row)) return;
        const after = Math.max(logCursor(row), number - DEVICE_LIMITS.historyEntries);
        const run = await this.#ask(conversation, after, DEVICE_LIMITS.historyEntries);
        goesOn = run.length > 0;
        await writer.run(() => this.#keep(conversation, run));
      }
    } catch (error) {
      // Out of reach: the next entry that passes, or the next session's head, asks again.
      if (!(error instanceof HoldfastError)) writer.broken(error);
    } finally {
      this.#fetching.delete(conversation);
    }
  }

  /** Only within a writer's job. */
  async #keep(conversation: string, run: readonly NumberedEntry[]): Promise<void> {
    const { book, connector } = this.#context;
    const row = book.rows.get(conversation);
    const fresh = run.filter(({ number }) => row !== undefined && number > logCursor(row));
    const last = fresh.at(-1)?.number;
    if (last === undefined) return;
    const known = await this.#known(conversation, fresh);
    const arrived = await this.#keeping.keep(fresh, {}, known);
    if (arrived === undefined) return;
    this.#tellReturned(arrived);
    connector.send({ t: "have", conversation, number: last });
  }

  #tellReturned(arrived: readonly StoredEntry[]): void {
    const { user, device } = this.#context.book;
    for (const { entry } of arrived) {
      const counter = counterOf(entry, user, device);
      if (counter > 0) this.#returned(entry.conversation, counter);
    }
  }

  /** What is in the store already: one's own, and what one is meant by. */
  async #known(
    conversation: string,
    run: readonly NumberedEntry[],
  ): Promise<Map<number, StoredEntry>> {
    const [first, last] = [run[0]?.number ?? 1, run.at(-1)?.number ?? 0];
    const found = await this.#context.store.range(conversation, first, last);
    return new Map(found.map((stored) => [stored.entry.number, stored]));
  }

  async #ask(
    conversation: string,
    after: number,
    limit: number,
  ): Promise<readonly NumberedEntry[]> {
    const path = `/v1/groups/${conversation.slice("group:".length)}/log`;
    const body = await this.#questions.get(path, { after, limit });
    const { entries } = (body ?? {}) as { readonly entries?: readonly LoggedEntry[] };
    const run = asEntries(conversation, entries);
    if (run === undefined) throw new HoldfastError("internal");
    return run;
  }
}

/** They stand in nobody's timeline: 0 is no seq. Undefined: no contiguous run of entries. */
function asEntries(
  conversation: string,
  logged: readonly LoggedEntry[] | undefined,
): readonly NumberedEntry[] | undefined {
  if (!Array.isArray(logged)) return undefined;
  const entries: unknown = logged.map((entry) => ({ ...entry, seq: 0, conversation }));
  if (!listOf(isEntry)(entries)) return undefined;
  const run = entries as readonly NumberedEntry[];
  const isRun = run.every(({ number }, index) => {
    return isCount(number) && number === (run[0]?.number ?? 0) + index;
  });
  return isRun ? run : undefined;
}
