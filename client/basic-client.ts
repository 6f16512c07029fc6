import type { Content } from "../protocol/entries.ts";
import { Book } from "./engine/book.ts";
import { ConnectionView } from "./engine/connection-view.ts";
import { Emitter } from "./engine/emitter.ts";
import type { MessageHandler } from "./engine/handing.ts";
import { Handles, type UploadHandle } from "./engine/handles.ts";
import { ALONE, type Kit } from "./engine/kit.ts";
import { Life } from "./engine/life.ts";
import type { TeamCall } from "./engine/team.ts";
import { Tokens } from "./engine/tokens.ts";
import type {
  ClientEvent,
  ClientEvents,
  Connection,
  Conversation,
  EventName,
  HistoryOptions,
  HistoryPage,
  MessageList,
  Observable,
  SendHandle,
  SendOptions,
  Unsubscribe,
} from "./model.ts";
import { type ClientOptions, type Config, configOf } from "./options.ts";
import type { Platform } from "./ports.ts";
import type { OutboxDraft } from "./store.ts";

/** As `ClientOptions`, for those who choose the runtime themselves. */
export type CoreOptions = ClientOptions & { readonly platform: Platform };

/** What is told of a message when it is made. */
export type Made = Pick<OutboxDraft, "content" | "uploads">;

/**
 * One user on one device: keeps what is sent until the server has promised it, and what comes in
 * until the app has handled it, across reloads, crashes and bad networks. It shows groups, drafts and
 * all else that others make; what makes them is added by the clients that extend it.
 */
export class BasicClient {
  /** The connection as a person may see it. */
  readonly connection: Observable<Connection>;
  /** Pinned ones first, archived ones last, each with the newest first. */
  readonly conversations: Observable<readonly Conversation[]>;

  protected readonly options: CoreOptions;
  protected readonly config: Config;
  protected readonly book: Book;
  protected readonly tokens: Tokens;
  protected readonly emitter = new Emitter();
  protected readonly handles = new Handles();
  readonly #kit: Kit;
  readonly #view: ConnectionView;
  #handler: MessageHandler | undefined;
  #life: Life | undefined;

  /** `kit`: what several tabs and a store that may fail take; none for one tab with memory. */
  constructor(options: CoreOptions, kit: Kit = ALONE) {
    this.options = options;
    this.#kit = kit;
    this.config = configOf(options);
    this.tokens = new Tokens(this.config, options.platform, options.token);
    this.book = new Book((conversation) => {
      // What keeps the store from opening is told by `connect`.
      this.#current()
        .load(conversation)
        .catch(() => {});
    });
    this.#view = new ConnectionView(options.platform.clock, (connection) =>
      this.emitter.emit({ type: "connection", connection }),
    );
    this.connection = this.#view.signal;
    this.conversations = this.book.conversations;
  }

  /** The user, as soon as it is known: from the options, the store or the token. */
  get user(): string | undefined {
    return this.book.user || this.config.user || undefined;
  }

  /** This device's id, as soon as the store is open. */
  get device(): string | undefined {
    return this.book.device || undefined;
  }

  /**
   * Opens the store and keeps a connection until `close`. Resolves when the store is open; rejects
   * with `other-user` when the store belongs to somebody else.
   */
  connect(): Promise<void> {
    return this.#current().connect();
  }

  /** Ends a wait or a refusal: tries now. */
  reconnect(): void {
    // Nobody to connect is no failure: `connect` has not been called, or another tab is at it.
    this.ask({ do: "reconnect" }).catch(() => {});
  }

  /** Ends everything; what is queued stays in the store. Every open promise rejects. */
  async close(): Promise<void> {
    const life = this.#life;
    this.#life = undefined;
    // Not after what takes time: whoever connects again meanwhile asks for another.
    this.tokens.stop();
    await life?.close();
    this.emitter.endLoops();
  }

  /** Returns at once; `handle.queued` resolves when the message can no longer be lost here. */
  send(conversation: string, content: Content | string, options: SendOptions = {}): SendHandle {
    const body: Content = typeof content === "string" ? { kind: "text", text: content } : content;
    return this.say(conversation, { content: body }, options);
  }

  /**
   * Replaces the text of one's own message, or the caption of a file, which an empty one takes away;
   * `number` is its place in the conversation.
   */
  edit(conversation: string, number: number, text: string): SendHandle {
    return this.send(conversation, { kind: "edit", target: number, text });
  }

  /** Takes one's own message back for everyone. */
  recall(conversation: string, number: number): SendHandle {
    return this.send(conversation, { kind: "recall", target: number });
  }

  /** Adds a reaction, or takes it away with `on` false. */
  react(conversation: string, number: number, emoji: string, on = true): SendHandle {
    return this.send(conversation, { kind: "reaction", target: number, emoji, on });
  }

  /**
   * Messages that follow in this conversation live for so many seconds, by the server's clock, and
   * are gone then on all devices of all; null: for ever. In a group an admin's to say.
   */
  setTtl(conversation: string, seconds: number | null): SendHandle {
    return this.send(conversation, { kind: "ttl", seconds });
  }

  /**
   * A failed or held message once more, under the same id wherever it can still count; else under a
   * new one, behind what has been sent since. Rejects with `unknown-key` when there is no such message.
   */
  resend(key: string): Promise<void> {
    return this.ask({ do: "resend", key });
  }

  /** Forgets a message that was not accepted; those behind it go on. */
  drop(key: string): Promise<void> {
    return this.ask({ do: "drop", key });
  }

  /** This user has read up to `number`; smaller ones than before change nothing. */
  markRead(conversation: string, number: number): Promise<void> {
    return this.ask({ do: "read", conversation, number });
  }

  /**
   * Asks for the entry that a placeholder stands for, after the app has learned to take it: it
   * replaces the placeholder in lists, and goes to no handler. Rejects with `not-found` when there
   * is no placeholder at `number`, and with `offline`.
   */
  retryEntry(conversation: string, number: number): Promise<void> {
    return this.ask({ do: "retry", conversation, number });
  }

  /** The loaded end of a conversation. Subscribing loads it from the local store. */
  messages(conversation: string): Observable<MessageList> {
    return this.book.messages(conversation);
  }

  /**
   * A page before, after or around a number (none: the newest), oldest first, from the local store
   * as far as it goes and else from the server. An older page grows `messages(conversation)` when it
   * continues it; others are the caller's to show: jump with `around`, then go on from `from` and
   * `to`. Rejects with `timeout` or the server's error when nothing is here and none comes.
   */
  history(conversation: string, page: HistoryOptions): Promise<HistoryPage> {
    return this.#current().page({ conversation, ...page });
  }

  on<Name extends EventName>(
    name: Name,
    listener: (event: ClientEvents[Name]) => void,
  ): Unsubscribe {
    return this.emitter.on(name, listener);
  }

  /** All events from now on, until `close` or the loop's end. */
  events(): AsyncIterableIterator<ClientEvent> {
    return this.emitter.events();
  }

  /**
   * Takes every entry that others, or this user's other devices, put into a conversation, one after
   * the other in the order of the timeline, edits and recalls as such. It is acked only after
   * `handler` has returned; one that throws gets the same entry again, later or after a restart. Of
   * a large group the order is that of its log, and what is refused there holds back that group alone.
   * At most one handler, called in the leading tab; set it before `connect`.
   */
  onMessage(handler: MessageHandler): Unsubscribe {
    this.#handler = handler;
    return () => {
      if (this.#handler === handler) this.#handler = undefined;
    };
  }

  /** Of what is kept on this device. */
  protected get name(): string {
    return `holdfast:${this.config.url}:${this.config.user}`;
  }

  /** Of the tab that leads. */
  protected ask(call: TeamCall): Promise<void> {
    return this.#current().act(call);
  }

  /** As `ask`, of hints: what can't be told now is told with the next one. */
  protected hint(call: TeamCall): void {
    this.#life?.act(call).catch(() => {});
  }

  /** A message that needs nothing but itself. */
  protected say(conversation: string, made: Made, options: SendOptions): SendHandle {
    const handle = this.newHandle();
    void this.enqueue(handle.key, conversation, made, options);
    return handle;
  }

  protected newHandle(): UploadHandle {
    const { random, clock } = this.options.platform;
    return this.handles.make(random.id(), clock.now());
  }

  /** Into the outbox. */
  protected enqueue(
    key: string,
    conversation: string,
    made: Made,
    options: SendOptions,
  ): Promise<void> {
    const { priority = "normal", fromDraft = false, ...limits } = options;
    const draft = fromDraft ? { draft: this.book.row(conversation)?.draft?.version ?? 0 } : {};
    const createdAt = this.options.platform.clock.now();
    const row = { key, conversation, priority, createdAt, ...made, ...limits, ...draft };
    return this.#current().enqueue(row);
  }

  #current(): Life {
    this.#life ??= this.#begin();
    return this.#life;
  }

  #begin(): Life {
    const { options, config, book, name, handles, emitter, tokens } = this;
    const { platform } = options;
    const known = () => ({
      outbox: book.outbox.sorted(),
      conversations: [...book.rows.values()],
      lasts: [],
    });
    const onDegraded = (cause: unknown) => emitter.emit({ type: "degraded", cause });
    const opened = options.store ?? platform.openStore(name);
    return new Life({
      ...{ config, platform, name, book, handles, emitter, tokens },
      store: this.#kit.guard(opened, known, onDegraded),
      team: this.#kit.team,
      view: this.#view,
      handler: () => this.#handler,
    });
  }
}
