import type { Content } from "../protocol/entries.ts";
import type {
  ClientEvent,
  ClientEvents,
  Connection,
  Conversation,
  EventName,
  HistoryPage,
  Message,
  MessageList,
  Observable,
  SendHandle,
  SendOptions,
  Unsubscribe,
} from "./model.ts";
import type { ClientOptions } from "./options.ts";

/**
 * One user on one device: keeps what is sent until the server has promised it, and what comes in
 * until the app has handled it, across reloads, crashes and bad networks.
 */
export declare class HoldfastClient {
  constructor(options: ClientOptions);

  /** The user, as soon as it is known: from the options, the store or the token. */
  readonly user: string | undefined;
  /** This connection, as a person may see it. */
  readonly connection: Observable<Connection>;
  /** Newest first. */
  readonly conversations: Observable<readonly Conversation[]>;

  /** Opens the store and keeps a connection until `close`. Resolves when the store is open. */
  connect(): Promise<void>;
  /** Ends a wait or a refusal: tries now. */
  reconnect(): void;
  /** Ends everything; what is queued stays in the store. Every open promise rejects. */
  close(): Promise<void>;

  /** Returns at once; `handle.queued` resolves when the message can no longer be lost here. */
  send(conversation: string, content: Content | string, options?: SendOptions): SendHandle;
  /** Replaces the text of one's own message; `number` is its place in the conversation. */
  edit(conversation: string, number: number, text: string): SendHandle;
  /** Takes one's own message back for everyone. */
  recall(conversation: string, number: number): SendHandle;
  /** Adds a reaction, or takes it away with `on` false. */
  react(conversation: string, number: number, emoji: string, on?: boolean): SendHandle;
  /** A failed or held message once more, under the same id wherever it can still count. */
  resend(key: string): Promise<void>;
  /** Forgets a message that was not accepted; those behind it go on. */
  drop(key: string): Promise<void>;

  /** This user has read up to `number`; smaller ones than before change nothing. */
  markRead(conversation: string, number: number): Promise<void>;
  /** The loaded end of a conversation. Subscribing loads it from the local store. */
  messages(conversation: string): Observable<MessageList>;
  /**
   * A page older than `before` (absent: the newest), oldest first, from the local store as far as
   * it goes and else from the server. Grows `messages(conversation)` when it continues it.
   */
  history(
    conversation: string,
    page: { readonly before?: number; readonly limit: number },
  ): Promise<HistoryPage>;

  on<Name extends EventName>(
    name: Name,
    listener: (event: ClientEvents[Name]) => void,
  ): Unsubscribe;
  /** All events from now on, until `close` or the loop's end. */
  events(): AsyncIterableIterator<ClientEvent>;
  /**
   * Takes every entry of every conversation, one after the other, in the order of the timeline,
   * edits and recalls as such. It is acked only after `handler` has returned; one that throws gets
   * the same entry again, later or after a restart. At most one handler; set it before `connect`.
   */
  onMessage(handler: (message: Message) => void | Promise<void>): Unsubscribe;
}
