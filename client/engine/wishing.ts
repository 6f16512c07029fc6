/**
 * What this user wants of conversations for themself: kept here and shown at once, told to the server
 * until an entry shows it. A wish is told only once all entries are here, so that an old one, whose
 * answer was lost, does not undo what another device has wanted since.
 */
import type { ClientFrame } from "../../protocol/client-frames.ts";
import { emptyRow } from "../core/conversations.ts";
import { LATER_MS } from "../core/outbox.ts";
import {
  answered,
  isReplacing,
  type NewWish,
  released,
  renounced,
  sentDraft,
  settled,
  WISH_KINDS,
  wished,
} from "../core/personal.ts";
import { HoldfastError } from "../errors.ts";
import type { ConversationRow, DraftWish, OutboxRow, Wish, WishKind } from "../store.ts";
import { Alarm } from "./alarm.ts";
import type { LeaderContext } from "./context.ts";
import type { Requests } from "./requests.ts";

/** A draft is told at most this often while somebody writes. */
const DRAFT_EVERY_MS = 2_000;

type Frame = WithoutRef<
  Extract<ClientFrame, { t: "arrange" | "folders" | "draft" | "block" | "answer-request" }>
>;
type WithoutRef<Each> = Each extends unknown ? Omit<Each, "ref"> : never;

/** One wish, as it was told in this session. */
interface Telling {
  readonly conversation: string;
  readonly kind: WishKind;
  readonly text: string | undefined;
  isAnswered: boolean;
}

export class Wishing {
  readonly #context: LeaderContext;
  readonly #requests: Requests;
  readonly #alarm: Alarm;
  /** Conversations with a wish. */
  readonly #open = new Set<string>();
  /** What this session has told last, by conversation and kind: not again before it changes. */
  readonly #told = new Map<string, Telling>();
  /** Told in this session, and in one before it: until the next has caught up, entries may be on their way. */
  readonly #ahead = new Set<string>();
  readonly #aheadBefore = new Set<string>();
  readonly #draftToldAt = new Map<string, number>();
  #isLive = false;

  constructor(context: LeaderContext, requests: Requests) {
    this.#context = context;
    this.#requests = requests;
    this.#alarm = new Alarm(context.platform.clock, () => this.#tell());
    for (const row of context.book.rows.values()) if (row.wish) this.#open.add(row.conversation);
    // One that was queued just before the last end may not have taken its draft along.
    this.sent([...context.book.outbox.values()].filter((row) => this.#isLeftBehind(row)));
    if (context.connector.state.kind === "live") this.caughtUp();
  }

  async wish(conversation: string, wish: NewWish): Promise<void> {
    const kinds = WISH_KINDS.filter((kind) => wish[kind] !== undefined);
    let isKept = false;
    await this.#context.writer.run(async () => {
      // What is so already need not be told.
      const ahead = kinds.filter((kind) => this.#isAhead(conversation, kind));
      const update = (row: ConversationRow) => kinds.reduce(settled, wished(row, wish, ahead));
      isKept = await this.#change(conversation, update);
    });
    // Another tab has taken the lead.
    if (!isKept) throw new HoldfastError("offline");
    this.#tell();
  }

  /** Messages were queued: one that was made from a draft takes it along. */
  sent(rows: Iterable<OutboxRow>): void {
    for (const { conversation, key, draft } of rows) {
      if (draft !== undefined) this.#enter(conversation, (row) => sentDraft(row, key));
    }
  }

  /** All that the server has is here: now what is wished is news. */
  caughtUp(): void {
    this.#isLive = true;
    this.#aheadBefore.clear();
    this.#tell();
  }

  lost(): void {
    this.#isLive = false;
    this.#told.clear();
    for (const key of this.#ahead) this.#aheadBefore.add(key);
    this.#ahead.clear();
  }

  stop(): void {
    this.#alarm.end();
  }

  /** Drafts have versions, which say the same. */
  #isAhead(conversation: string, kind: WishKind): boolean {
    const key = `${conversation} ${kind}`;
    return kind !== "draft" && (this.#ahead.has(key) || this.#aheadBefore.has(key));
  }

  #isLeftBehind({ conversation, content, status }: OutboxRow): boolean {
    const text = this.#context.book.rows.get(conversation)?.wish?.draft?.text;
    return status.kind !== "failed" && content.kind === "text" && content.text === text;
  }

  #tell(): void {
    if (!this.#isLive) return;
    for (const conversation of this.#open) {
      const { wish = {} } = this.#context.book.rows.get(conversation) ?? {};
      const { change, folders, draft, blocking: [block] = [], answer } = wish;
      for (const kind of WISH_KINDS) {
        if (wish[kind] === undefined) this.#told.delete(`${conversation} ${kind}`);
      }
      if (Object.keys(wish).length === 0) this.#open.delete(conversation);
      if (change !== undefined) {
        this.#ask(conversation, "change", wish, { t: "arrange", conversation, change });
      }
      if (folders !== undefined) {
        this.#ask(conversation, "folders", wish, { t: "folders", folders: [...folders] });
      }
      if (draft !== undefined) this.#tellDraft(conversation, wish, draft);
      // One at a time: the entry that shows it brings the next.
      if (block !== undefined) {
        const { user, on } = block;
        this.#ask(conversation, "blocking", wish, { t: "block", user, on });
      }
      if (answer !== undefined) {
        const frame = { t: "answer-request", conversation, accept: answer } as const;
        this.#ask(conversation, "answer", wish, frame);
      }
    }
  }

  #tellDraft(conversation: string, wish: Wish, draft: DraftWish): void {
    const { book, platform, writer } = this.#context;
    const { text, replyTo, base, after } = draft;
    if (after !== undefined) {
      const carrier = book.outbox.byKey(after);
      if (carrier !== undefined && carrier.status.kind !== "failed") return;
      return writer.enter(async () => {
        await this.#change(conversation, released);
        this.#tell();
      });
    }
    const now = platform.clock.monotonic();
    const dueAt =
      (this.#draftToldAt.get(conversation) ?? Number.NEGATIVE_INFINITY) + DRAFT_EVERY_MS;
    if (now < dueAt) return this.#alarm.setEarlier(dueAt);
    const quote = replyTo === undefined ? {} : { replyTo };
    const frame = { t: "draft", conversation, base, text, ...quote } as const;
    if (this.#ask(conversation, "draft", wish, frame)) this.#draftToldAt.set(conversation, now);
  }

  /** False: that very wish has been told in this session. */
  #ask(conversation: string, kind: WishKind, wish: Wish, frame: Frame): boolean {
    const key = `${conversation} ${kind}`;
    const text = textOf(wish, kind);
    const told = this.#told.get(key);
    if (told?.text === text) {
      // Wished away and back before anything else was told.
      if (told?.isAnswered && isReplacing(wish, kind)) this.#end(told, answered);
      return false;
    }
    const telling: Telling = { conversation, kind, text, isAnswered: false };
    this.#told.set(key, telling);
    this.#ahead.add(key);
    this.#requests
      .ask("done", (ref) => ({ ...frame, ref }), false)
      .then(
        () => {
          telling.isAnswered = true;
          this.#end(telling, answered);
        },
        (error: unknown) => this.#refused(telling, error),
      );
    return true;
  }

  #refused(telling: Telling, error: unknown): void {
    const { code, retryable } =
      error instanceof HoldfastError ? error : new HoldfastError("internal");
    // The newer draft is on its way; what becomes of this one then has another base.
    if (code === "conflict" || !this.#isLast(telling)) return;
    if (!retryable) return this.#end(telling, renounced);
    this.#told.delete(`${telling.conversation} ${telling.kind}`);
    this.#alarm.setEarlier(this.#context.platform.clock.monotonic() + LATER_MS);
  }

  #isLast(telling: Telling): boolean {
    return this.#told.get(`${telling.conversation} ${telling.kind}`) === telling;
  }

  /** The answer is about what was told: what was wished since, the server has not heard of. */
  #end(telling: Telling, update: (row: ConversationRow, kind: WishKind) => ConversationRow): void {
    const { conversation, kind, text } = telling;
    this.#context.writer.enter(async () => {
      await this.#change(conversation, (row) => {
        const isThat = this.#isLast(telling) && textOf(row.wish, kind) === text;
        return isThat ? update(row, kind) : row;
      });
      this.#tell();
    });
  }

  #enter(conversation: string, update: (row: ConversationRow) => ConversationRow): void {
    this.#context.writer.enter(async () => void (await this.#change(conversation, update)));
  }

  /** Only within a writer's job. False: fenced, nothing was written. */
  async #change(
    conversation: string,
    update: (row: ConversationRow) => ConversationRow,
  ): Promise<boolean> {
    const before = this.#context.book.rows.get(conversation) ?? emptyRow(conversation);
    const after = update(before);
    if (after === before) return true;
    const change = { rows: [after] };
    if (!(await this.#context.writer.commit({ conversations: [after] }, change))) return false;
    // Not before: whoever looks meanwhile finds no wish there, and looks no more.
    this.#open.add(conversation);
    return true;
  }
}

/** What is told of it: of several blocks, the first. */
function textOf(wish: Wish = {}, kind: WishKind): string | undefined {
  const [{ user, on } = {}] = wish.blocking ?? [];
  return JSON.stringify(kind === "blocking" ? { user, on } : wish[kind]);
}
