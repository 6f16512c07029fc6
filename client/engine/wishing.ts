/**
 * What this user wants of conversations for themself: kept here and shown at once, told to the server
 * until an entry shows it. A wish is told only once all entries are here, so that an old one, whose
 * answer was lost, does not undo what another device has wanted since.
 */
import type { ClientFrame } from "../../protocol/client-frames.ts";
import { emptyRow } from "../core/conversations.ts";
import { LATER_MS } from "../core/outbox.ts";
import { type NewWish, released, renounced, sentDraft, settled, wished } from "../core/personal.ts";
import { HoldfastError } from "../errors.ts";
import type { ConversationRow, DraftWish, OutboxRow, Wish } from "../store.ts";
import { Alarm } from "./alarm.ts";
import type { LeaderContext } from "./context.ts";
import type { Requests } from "./requests.ts";

/** A draft is told at most this often while somebody writes. */
const DRAFT_EVERY_MS = 2_000;

type Frame = WithoutRef<
  Extract<ClientFrame, { t: "arrange" | "folders" | "draft" | "block" | "answer-request" }>
>;
type WithoutRef<Each> = Each extends unknown ? Omit<Each, "ref"> : never;

const KINDS = [
  "change",
  "folders",
  "draft",
  "blocking",
  "answer",
] as const satisfies readonly (keyof Wish)[];

export class Wishing {
  readonly #context: LeaderContext;
  readonly #requests: Requests;
  readonly #alarm: Alarm;
  /** Conversations with a wish. */
  readonly #open = new Set<string>();
  /** What this session has told, by conversation and kind: not again before it changes. */
  readonly #told = new Map<string, string>();
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
    const kinds = KINDS.filter((kind) => wish[kind] !== undefined);
    await this.#context.writer.run(() =>
      this.#change(conversation, (row) => {
        // What is so already need not be told, unless something else is under way.
        const idle = kinds.filter((kind) => !this.#told.has(`${conversation} ${kind}`));
        return idle.reduce(settled, wished(row, wish));
      }),
    );
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
    this.#tell();
  }

  lost(): void {
    this.#isLive = false;
    this.#told.clear();
  }

  stop(): void {
    this.#alarm.end();
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
      for (const kind of KINDS) {
        if (wish[kind] === undefined) this.#told.delete(`${conversation} ${kind}`);
      }
      if (Object.keys(wish).length === 0) this.#open.delete(conversation);
      if (change !== undefined) {
        this.#ask(conversation, "change", change, { t: "arrange", conversation, change });
      }
      if (folders !== undefined) {
        this.#ask(conversation, "folders", folders, { t: "folders", folders: [...folders] });
      }
      if (draft !== undefined) this.#tellDraft(conversation, draft);
      // One at a time: the entry that shows it brings the next.
      if (block !== undefined) this.#ask(conversation, "blocking", block, { t: "block", ...block });
      if (answer !== undefined) {
        const frame = { t: "answer-request", conversation, accept: answer } as const;
        this.#ask(conversation, "answer", { answer }, frame);
      }
    }
  }

  #tellDraft(conversation: string, draft: DraftWish): void {
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
    if (this.#ask(conversation, "draft", draft, frame)) this.#draftToldAt.set(conversation, now);
  }

  /** False: that very wish has been told in this session. */
  #ask(conversation: string, kind: keyof Wish, value: object, frame: Frame): boolean {
    const key = `${conversation} ${kind}`;
    const text = JSON.stringify(value);
    if (this.#told.get(key) === text) return false;
    this.#told.set(key, text);
    this.#requests
      .ask("done", (ref) => ({ ...frame, ref }), false)
      .then(
        () => this.#enter(conversation, (row) => settled(row, kind)),
        (error: unknown) => {
          if (this.#told.get(key) === text) this.#refused(conversation, kind, error);
        },
      );
    return true;
  }

  #refused(conversation: string, kind: keyof Wish, error: unknown): void {
    const { code, retryable } =
      error instanceof HoldfastError ? error : new HoldfastError("internal");
    // The newer draft is on its way; what becomes of this one then has another base.
    if (code === "conflict") return;
    if (!retryable) return this.#enter(conversation, (row) => renounced(row, kind));
    this.#told.delete(`${conversation} ${kind}`);
    this.#alarm.setEarlier(this.#context.platform.clock.monotonic() + LATER_MS);
  }

  #enter(conversation: string, update: (row: ConversationRow) => ConversationRow): void {
    this.#context.writer.enter(() => this.#change(conversation, update));
  }

  /** Only within a writer's job. */
  async #change(
    conversation: string,
    update: (row: ConversationRow) => ConversationRow,
  ): Promise<void> {
    const before = this.#context.book.rows.get(conversation) ?? emptyRow(conversation);
    const after = update(before);
    if (after === before) return;
    this.#open.add(conversation);
    await this.#context.writer.commit({ conversations: [after] }, { rows: [after] });
  }
}
