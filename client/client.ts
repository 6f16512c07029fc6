import type { Content } from "../protocol/entries.ts";
import type { NewWish } from "./core/personal.ts";
import { Book } from "./engine/book.ts";
import { ConnectionView } from "./engine/connection-view.ts";
import { Emitter } from "./engine/emitter.ts";
import type { Desk } from "./engine/filing.ts";
import { GuardedStore } from "./engine/guarded-store.ts";
import type { MessageHandler } from "./engine/handing.ts";
import { Handles } from "./engine/handles.ts";
import { Life } from "./engine/life.ts";
import { Looking } from "./engine/looking.ts";
import { People } from "./engine/people.ts";
import { Questions } from "./engine/questions.ts";
import type { TeamCall } from "./engine/team.ts";
import type {
  ClientEvent,
  ClientEvents,
  Connection,
  Conversation,
  EventName,
  Folder,
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
import type { SearchOptions, SearchResults } from "./search-model.ts";
import type { OutboxDraft } from "./store.ts";

/** As `ClientOptions`, for those who choose the runtime themselves. */
export type CoreOptions = ClientOptions & { readonly platform: Platform };

/**
 * One user on one device: keeps what is sent until the server has promised it, and what comes in
 * until the app has handled it, across reloads, crashes and bad networks.
 */
export class CoreClient extends People {
  /** The connection as a person may see it. */
  readonly connection: Observable<Connection>;
  /** Pinned ones first, archived ones last, each with the newest first. */
  readonly conversations: Observable<readonly Conversation[]>;
  /** This user's folders, in their order. */
  readonly folders: Observable<readonly Folder[]>;
  override readonly blocked: Observable<readonly string[]>;

  readonly #options: CoreOptions;
  readonly #config: Config;
  readonly #book: Book;
  readonly #emitter = new Emitter();
  readonly #handles = new Handles();
  readonly #view: ConnectionView;
  readonly #questions: Questions;
  readonly #looking: Looking;
  #handler: MessageHandler | undefined;
  #life: Life | undefined;
  /** A draft is being sent: what is begun after it comes after it. */
  #drafting: Promise<void> = Promise.resolve();

  constructor(options: CoreOptions) {
    super();
    this.#options = options;
    this.#config = configOf(options);
    this.#book = new Book((conversation) => {
      // What keeps the store from opening is told by `connect`.
      this.#current()
        .load(conversation)
        .catch(() => {});
    });
    this.#questions = new Questions(this.#config, options.platform, options.token);
    this.#view = new ConnectionView(options.platform.clock, (connection) =>
      this.#emitter.emit({ type: "connection", connection }),
    );
    this.connection = this.#view.signal;
    this.conversations = this.#book.conversations;
    this.folders = this.#book.folders;
    this.blocked = this.#book.blocked;
    // Hints: what can't be told now is told with the next one.
    this.#looking = new Looking(options.platform, this.#emitter, (call) => {
      this.#life?.act(call).catch(() => {});
    });
  }

  /** The user, as soon as it is known: from the options, the store or the token. */
  get user(): string | undefined {
    return this.#book.user || this.#config.user || undefined;
  }

  /** This device's id, as soon as the store is open. */
  get device(): string | undefined {
    return this.#book.device || undefined;
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
    this.#current()
      .act({ do: "reconnect" })
      .catch(() => {});
  }

  /** Ends everything; what is queued stays in the store. Every open promise rejects. */
  async close(): Promise<void> {
    const life = this.#life;
    this.#life = undefined;
    this.#questions.stop();
    this.#looking.stop();
    await life?.close();
    this.#emitter.endLoops();
  }

  /** Returns at once; `handle.queued` resolves when the message can no longer be lost here. */
  send(conversation: string, content: Content | string, options: SendOptions = {}): SendHandle {
    const body: Content = typeof content === "string" ? { kind: "text", text: content } : content;
    return this.say(conversation, { content: body }, options);
  }

  /** Replaces the text of one's own message; `number` is its place in the conversation. */
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
   * A failed or held message once more, under the same id wherever it can still count. Rejects with
   * `unknown-key` when there is no such message.
   */
  resend(key: string): Promise<void> {
    return this.#current().act({ do: "resend", key });
  }

  /** Forgets a message that was not accepted; those behind it go on. */
  drop(key: string): Promise<void> {
    return this.#current().act({ do: "drop", key });
  }

  /** This user has read up to `number`; smaller ones than before change nothing. */
  markRead(conversation: string, number: number): Promise<void> {
    return this.#current().act({ do: "read", conversation, number });
  }

  /**
   * Asks for the entry that a placeholder stands for, after the app has learned to take it: it
   * replaces the placeholder in lists, and goes to no handler. Rejects with `not-found` when there
   * is no placeholder at `number`, and with `offline`.
   */
  retryEntry(conversation: string, number: number): Promise<void> {
    return this.#current().act({ do: "retry", conversation, number });
  }

  /** The loaded end of a conversation. Subscribing loads it from the local store. */
  messages(conversation: string): Observable<MessageList> {
    return this.#book.messages(conversation);
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

  /**
   * Messages that have all these words, each as it is or as a beginning, "in quotes" exactly so;
   * case and accents count for nothing. With an empty query: whatever passes `from`, `conversation`
   * or `hasFile`. Needs the server: rejects with `offline`, or `bad-field` for a query without words.
   */
  async search(query: string, options: SearchOptions = {}): Promise<SearchResults> {
    const { searchMessages } = await import("./engine/search.ts");
    return searchMessages(this.#questions, this.#book, query, options);
  }

  on<Name extends EventName>(
    name: Name,
    listener: (event: ClientEvents[Name]) => void,
  ): Unsubscribe {
    return this.#emitter.on(name, listener);
  }

  /** All events from now on, until `close` or the loop's end. */
  events(): AsyncIterableIterator<ClientEvent> {
    return this.#emitter.events();
  }

  /**
   * Takes every entry that others, or this user's other devices, put into a conversation, one after
   * the other in the order of the timeline, edits and recalls as such. It is acked only after
   * `handler` has returned; one that throws gets the same entry again, later or after a restart. At
   * most one handler, called in the leading tab; set it before `connect`.
   */
  onMessage(handler: MessageHandler): Unsubscribe {
    this.#handler = handler;
    return () => {
      if (this.#handler === handler) this.#handler = undefined;
    };
  }

  protected override get looking(): Looking {
    return this.#looking;
  }

  protected override ask(call: TeamCall): Promise<void> {
    return this.#current().act(call);
  }

  protected override get questions(): Questions {
    return this.#questions;
  }

  protected override freshId(): string {
    return this.#options.platform.random.id();
  }

  protected override get desk(): Desk {
    const { platform } = this.#options;
    const { url } = this.#config;
    return { handles: this.#handles, book: this.#book, platform, name: this.#name, url };
  }

  protected override queue(draft: OutboxDraft): Promise<void> {
    const queued = this.#current().enqueue(draft);
    if (draft.draft !== undefined) this.#drafting = queued;
    return queued;
  }

  protected override async wish(conversation: string, wish: NewWish): Promise<void> {
    if (wish.draft !== undefined) await this.#drafting;
    return this.#current().act({ do: "wish", conversation, wish });
  }

  /** Of what is kept on this device. */
  get #name(): string {
    return `holdfast:${this.#config.url}:${this.#config.user}`;
  }

  #current(): Life {
    this.#life ??= this.#begin();
    return this.#life;
  }

  #begin(): Life {
    const options = this.#options;
    const config = this.#config;
    const book = this.#book;
    const { platform } = options;
    const name = this.#name;
    const known = () => ({
      outbox: book.outbox.sorted(),
      conversations: [...book.rows.values()],
      lasts: [],
    });
    const store = new GuardedStore(options.store ?? platform.openStore(name), known, (cause) =>
      this.#emitter.emit({ type: "degraded", cause }),
    );
    return new Life({
      config,
      platform,
      name,
      store,
      book,
      handles: this.#handles,
      emitter: this.#emitter,
      view: this.#view,
      token: options.token,
      handler: () => this.#handler,
    });
  }
}
