/**
 * What this tab knows, in memory: a fold of the store's image and of all changes since. Snapshots
 * are immutable and keep their identity until something in them changes.
 */

import { comparePlaces } from "../../protocol/arrange.ts";
import { directConversation } from "../../protocol/names.ts";
import { emptyRow, peerHas, peerMarks } from "../core/conversations.ts";
import { isFollowed, logCursor } from "../core/followed.ts";
import { isPlainOutbox, isPlainRow, PLAIN } from "../core/plain.ts";
import type { Conversation, Folder, Message, MessageList, Observable } from "../model.ts";
import type { ConversationRow, StoredEntry, StoreImage } from "../store.ts";
import type { Change } from "./change.ts";
import { messageOfEntry, type Phase } from "./messages.ts";
import { OutboxBook } from "./outbox-book.ts";
import { EXTRAS } from "./parts.ts";
import { Signal } from "./signal.ts";
import { View } from "./view.ts";

const NONE: readonly never[] = Object.freeze([]);

export class Book {
  user = "";
  device = "";
  readonly outbox = new OutboxBook();
  readonly rows = new Map<string, ConversationRow>();
  readonly #lasts = new Map<string, StoredEntry>();
  readonly #views = new Map<string, View>();
  readonly #lists = new Map<string, Signal<MessageList>>();
  readonly #made = new Map<string, Conversation>();
  readonly #list = new Signal<readonly Conversation[]>(() => this.#listConversations());
  readonly #blocked = new Signal<readonly string[]>(
    () => EXTRAS.now?.blockedOf(this.#notes) ?? NONE,
  );
  readonly #folders = new Signal<readonly Folder[]>(
    () => EXTRAS.now?.foldersOf(this.#notes) ?? NONE,
  );
  readonly #onView: (conversation: string) => void;

  /** `onView`: somebody looks at a conversation that is not loaded yet. */
  constructor(onView: (conversation: string) => void) {
    this.#onView = onView;
  }

  get conversations(): Observable<readonly Conversation[]> {
    return this.#list;
  }

  get blocked(): Observable<readonly string[]> {
    return this.#blocked;
  }

  get folders(): Observable<readonly Folder[]> {
    return this.#folders;
  }

  /** What is not plain is shown right from the first. */
  async ready({ conversations, outbox }: StoreImage): Promise<void> {
    const isPlain = conversations.every(isPlainRow) && outbox.every(isPlainOutbox);
    // Without it there are messages all the same; who changes such a row waits for it.
    if (!isPlain) await EXTRAS.load().catch(() => undefined);
  }

  /** Whether nothing is kept of these conversations that is not plain. */
  isPlain(conversations: readonly string[]): boolean {
    return conversations.every((id) => isPlainRow(this.rows.get(id) ?? emptyRow(id)));
  }

  messages(conversation: string): Observable<MessageList> {
    const known = this.#lists.get(conversation);
    if (known !== undefined) return known;
    const signal = new Signal<MessageList>(
      () => this.#listMessages(conversation),
      () => this.view(conversation).loaded || this.#onView(conversation),
    );
    this.#lists.set(conversation, signal);
    return signal;
  }

  conversation(id: string): Conversation | undefined {
    const known = this.#made.get(id);
    if (known !== undefined) return known;
    const made = this.#makeConversation(id);
    if (made !== undefined) this.#made.set(id, made);
    return made;
  }

  message(stored: StoredEntry): Message {
    return messageOfEntry(stored, this.rows.get(stored.entry.conversation), this.user);
  }

  row(conversation: string): ConversationRow | undefined {
    return this.rows.get(conversation);
  }

  phaseOf(counter: number): Phase {
    return this.outbox.phaseOf(counter);
  }

  waits(counter: number): boolean {
    return this.outbox.waits(counter);
  }

  view(conversation: string): View {
    const known = this.#views.get(conversation);
    if (known !== undefined) return known;
    const made = new View();
    this.#views.set(conversation, made);
    return made;
  }

  /** A page from the store for whoever looks at the conversation. Whether it is shown now. */
  showPage(conversation: string, page: readonly StoredEntry[]): boolean {
    const view = this.view(conversation);
    const taken = view.prepend(page, this.rows.get(conversation)?.head ?? 0);
    if (taken || page.length === 0) view.loaded = true;
    this.#lists.get(conversation)?.touch();
    return view.loaded;
  }

  apply(change: Change): void {
    this.#load(change);
    const touched = new Set<string>();
    if (change.image !== undefined) this.#reset(change.image);
    if (change.user !== undefined) this.user = change.user;
    for (const row of change.rows ?? []) {
      this.rows.set(row.conversation, withHints(row, this.rows.get(row.conversation)));
      touched.add(row.conversation);
    }
    for (const stored of change.entries ?? []) touched.add(this.#putEntry(stored));
    for (const row of change.outbox ?? []) {
      this.outbox.put(row);
      touched.add(row.conversation);
    }
    for (const counter of change.gone ?? []) touched.add(this.outbox.delete(counter) ?? "");
    for (const [counter, phase] of change.phases ?? []) touched.add(this.#putPhase(counter, phase));
    for (const [counter, progress] of change.progress ?? []) {
      touched.add(this.outbox.setProgress(counter, progress));
    }
    this.#touch(touched);
  }

  get #notes(): ConversationRow | undefined {
    return this.rows.get(directConversation(this.user, this.user));
  }

  /** What another tab has told before it was known to be needed here is shown plain until then. */
  #load({ image, rows = image?.conversations ?? [], outbox = image?.outbox ?? [] }: Change): void {
    if (EXTRAS.now || (rows.every(isPlainRow) && outbox.every(isPlainOutbox))) return;
    const showAll = () => this.#touch([...this.rows.keys(), ...this.outbox.conversations()]);
    // What can't be loaded now is tried again with the next change.
    EXTRAS.load().then(showAll, () => undefined);
  }

  #reset({ meta, outbox, conversations, lasts }: StoreImage): void {
    this.user = meta.user || this.user;
    // What was queued since it was read is not in it.
    this.outbox.reset(outbox, meta.counter, meta.device === this.device);
    this.device = meta.device;
    const known = new Map(this.rows);
    this.rows.clear();
    this.#lasts.clear();
    this.#made.clear();
    for (const row of conversations) {
      const before = known.get(row.conversation);
      const marked = withHints(row, before);
      const reaches = before?.reaches;
      this.rows.set(row.conversation, reaches === undefined ? marked : { ...marked, reaches });
    }
    for (const stored of lasts) this.#lasts.set(stored.entry.conversation, stored);
    for (const view of this.#views.values()) view.clear();
    this.#touch(this.#lists.keys());
    for (const [conversation, signal] of this.#lists)
      if (signal.watched) this.#onView(conversation);
  }

  #putEntry(stored: StoredEntry): string {
    const { conversation, number } = stored.entry;
    if (number === this.rows.get(conversation)?.last) this.#lasts.set(conversation, stored);
    // What the timeline brings of a large group's log before its turn waits for it.
    const row = this.rows.get(conversation);
    const isEarly = row !== undefined && isFollowed(row) && number > logCursor(row);
    if (!isEarly) this.#views.get(conversation)?.put(stored);
    return conversation;
  }

  #putPhase(counter: number, phase: Phase): string {
    this.outbox.setPhase(counter, phase);
    return this.outbox.get(counter)?.conversation ?? "";
  }

  #touch(conversations: Iterable<string>): void {
    for (const conversation of conversations) {
      this.#made.delete(conversation);
      this.#lists.get(conversation)?.touch();
    }
    this.#list.touch();
    this.#folders.touch();
    this.#blocked.touch();
  }

  #listMessages(conversation: string): MessageList {
    const view = this.view(conversation);
    const row = this.rows.get(conversation);
    const messages = [...view.messages(row, this.user), ...this.#waitingIn(conversation)];
    const low = view.low ?? (row?.head ?? 0) + 1;
    return { messages, more: low > Math.max(1, row?.start ?? 1), loaded: view.loaded };
  }

  #waitingIn(conversation: string): readonly Message[] {
    return this.outbox.messagesIn(conversation, this.user, this.device);
  }

  #listConversations(): readonly Conversation[] {
    const ids = new Set([...this.rows.keys(), ...this.outbox.conversations()]);
    const all = [...ids].map((id) => this.conversation(id)).filter((one) => one !== undefined);
    return all.sort(comparePlaces);
  }

  #makeConversation(id: string): Conversation | undefined {
    const row = this.rows.get(id) ?? emptyRow(id);
    const pending = this.#waitingIn(id).at(-1);
    const making = this.outbox.first(id, "group-create");
    const extras = EXTRAS.now?.extrasOf(row, making) ?? PLAIN;
    const { pinned, draft, group } = extras;
    // Something arranged that nobody has written in, e.g. the notes that carry the folders.
    const isListed = row.head > 0 || pinned || (pending ?? draft ?? group) !== undefined;
    if (!isListed) return undefined;
    const { head, unread, read } = row;
    const stored = this.#lasts.get(id);
    // What it was may have expired, with nothing here to be shown instead.
    const isLast = stored?.entry.number === row.last;
    const last = pending ?? (stored && isLast ? this.message(stored) : undefined);
    const at = Math.max(row.at, pending?.at ?? making?.createdAt ?? 0);
    const peer = { delivered: row.peerDelivered, read: row.peerRead };
    return { id, head, at, unread, read, peer, last, ...extras };
  }
}

/** What hints have told of the other side stands in no store: who leads may not have heard it. */
function withHints(row: ConversationRow, before = row): ConversationRow {
  return peerHas(row, peerMarks(before), before.peerRouted);
}
