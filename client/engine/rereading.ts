/**
 * A user who was out of a group that shows itself from the start is back: what this device was fed
 * meanwhile stands here as stubs, and what those say about other entries was never heard. So it is
 * with what came of a log, when copies begin before its end has come, and when it is edited after
 * that. The server is asked for it again, oldest first: a pass that breaks off may begin anew, for
 * whatever a stub spoke of is true by the time that the stub is one no more.
 */
import type { Entry } from "../../protocol/entries.ts";
import type { Membership } from "../../protocol/groups.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { isNumbered, type NumberedEntry } from "../core/amend.ts";
import { newestShown, takeExpiry } from "../core/expiry.ts";
import { isFollowed, logCursor } from "../core/followed.ts";
import { HoldfastError } from "../errors.ts";
import type { ConversationRow } from "../store.ts";
import { Alarm } from "./alarm.ts";
import type { LeaderContext } from "./context.ts";
import { isChanged } from "./history.ts";
import type { OnDemand } from "./on-demand.ts";
import type { Requests } from "./requests.ts";

/** Numbers that are looked at together. */
const PAGE = LIMITS.historyEntries;
/** After an answer that was none: there is no hurry, and the server may have had too much. */
const AGAIN_MS = 10_000;

export class Rereading {
  readonly #context: LeaderContext;
  readonly #requests: Requests;
  readonly #following: OnDemand["following"];
  /** Groups that are being read again. */
  readonly #under = new Set<string>();
  readonly #alarm: Alarm;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(context: LeaderContext, requests: Requests, following: OnDemand["following"]) {
    this.#context = context;
    this.#requests = requests;
    this.#following = following;
    this.#alarm = new Alarm(context.platform.clock, () => this.begin());
  }

  /** Of a live session: what is out of reach is asked for again after a while, or by the next one. */
  begin(): void {
    const { platform, connector, book } = this.#context;
    if (connector.state.kind !== "live" || platform.clock.monotonic() < this.#notBefore) return;
    for (const row of book.rows.values()) {
      if (row.reread !== undefined && row.membership?.state === "member") this.#start(row);
    }
  }

  #start(row: ConversationRow): void {
    const { conversation } = row;
    if (this.#under.has(conversation)) return;
    this.#under.add(conversation);
    this.#reread(row)
      .catch((error) => this.#failed(error))
      .finally(() => {
        this.#under.delete(conversation);
        // What has come meanwhile has been passed by.
        this.begin();
      });
  }

  #failed(error: unknown): void {
    const { platform, writer } = this.#context;
    if (!(error instanceof HoldfastError)) return writer.broken(error);
    this.#notBefore = platform.clock.monotonic() + AGAIN_MS;
    this.#alarm.setEarlier(this.#notBefore);
  }

  async #reread({ conversation, membership, reread: to = 0 }: ConversationRow): Promise<void> {
    const { store, writer } = this.#context;
    if (membership === undefined) return;
    const held = (from: number) => store.range(conversation, from, Math.min(to, from + PAGE - 1));
    let newestStub = 0;
    for (let from = membership.from; from <= to; from += PAGE) {
      const stub = (await held(from)).findLast(({ entry }) => isStale(entry, membership));
      newestStub = stub?.entry.number ?? newestStub;
    }
    for (let from = membership.from; from <= newestStub; ) {
      const isEmpty = (await held(from)).length === 0;
      const page = isEmpty ? [] : await this.#readPage(conversation, from);
      from = page.length === 0 ? from + PAGE : Math.max(...page.map(({ number }) => number)) + 1;
    }
    await writer.run(() => finish(this.#context, conversation, membership.version, to));
  }

  /** Again, where something was said about these meanwhile: the answer may not know of it. */
  async #readPage(conversation: string, from: number): Promise<readonly NumberedEntry[]> {
    const { book, writer } = this.#context;
    for (;;) {
      const row = book.rows.get(conversation);
      if (row === undefined) return [];
      const asOf = isFollowed(row) ? logCursor(row) : row.head;
      const page = await this.#ask(row, from);
      let isOld = false;
      await writer.run(async () => {
        isOld = await isChanged(this.#context, conversation, page, asOf);
        if (!isOld) await replace(this.#context, conversation, page);
      });
      if (!isOld) return page;
    }
  }

  /** A group's log knows all that has no copies; this user's object only what it was handed. */
  async #ask(row: ConversationRow, from: number): Promise<readonly NumberedEntry[]> {
    const { conversation, membership } = row;
    const after = from - 1;
    const end = isFollowed(row) ? Number.POSITIVE_INFINITY : (membership?.copyFrom ?? 0);
    if (from < end) {
      const run = await (await this.#following.get()).ask(conversation, after, PAGE);
      return run.filter(({ number }) => number < end);
    }
    const page = { conversation, after, limit: PAGE };
    const { entries } = await this.#requests.ask("history", (ref) => {
      return { t: "history", ref, ...page };
    });
    return entries.filter(isNumbered);
  }

  /** What is under way ends with the questions. */
  stop(): void {
    this.#alarm.end();
  }
}

/** A stub, or of a log that was followed until copies began, which may have said more of it. */
function isStale({ body, seq }: Entry, { mode }: Membership): boolean {
  return body.kind === "withheld" || (seq === 0 && mode === "copy");
}

/** Only within a writer's job. What is not here is none of this device's feed. */
async function replace(
  { store, book, writer }: LeaderContext,
  conversation: string,
  page: readonly NumberedEntry[],
): Promise<void> {
  const row = book.rows.get(conversation);
  if (row === undefined || page.length === 0) return;
  const numbers = page.map(({ number }) => number);
  const fresh = new Map(page.map((entry) => [entry.number, entry]));
  const held = await store.range(conversation, Math.min(...numbers), Math.max(...numbers));
  const entries = held.flatMap((stored) => {
    const entry = fresh.get(stored.entry.number);
    if (entry === undefined) return [];
    // A log knows no timeline: what this device was fed, the app is still handed in its place.
    const seq = entry.seq > 0 ? entry.seq : stored.entry.seq;
    return [{ ...stored, entry: { ...entry, seq } }];
  });
  const aged = entries.reduce((one, { entry }) => takeExpiry(one, entry), row);
  const last = Math.max(row.last, newestShown(entries)?.entry.number ?? 0);
  const rows = [{ ...aged, last }];
  await writer.commit({ entries, conversations: rows }, { entries, rows });
}

/** What has come as a stub meanwhile, also of a later stay, is for another pass. */
async function finish(
  { book, writer }: LeaderContext,
  conversation: string,
  version: number,
  to: number,
): Promise<void> {
  const row = book.rows.get(conversation);
  if (row?.membership?.version !== version || row.reread !== to) return;
  const { reread: _, ...rest } = row;
  await writer.commit({ conversations: [rest] }, { rows: [rest] });
}
