/** The handles of what was sent in this tab, settled by the changes that come along. */

import { counterOf } from "../core/conversations.ts";
import { HoldfastError } from "../errors.ts";
import type { FileHandle, UploadProgress } from "../file-model.ts";
import type { Accepted, MessageState, SendHandle, Unsubscribe } from "../model.ts";
import type { ConversationRow, OutboxRow, StoredEntry, StoreImage } from "../store.ts";
import type { Change } from "./change.ts";
import { callSafely } from "./emitter.ts";
import { type Phase, stateOfEntry, stateOfRow } from "./messages.ts";

interface Settling<Value> {
  readonly promise: Promise<Value>;
  resolve(value: Value): void;
  reject(error: unknown): void;
}

function settling<Value>(): Settling<Value> {
  let resolve: (value: Value) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<Value>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Nobody has to listen to a rejection: the state says it too.
  promise.catch(() => {});
  return { promise, resolve, reject };
}

/** A handle whose message may have files. */
export type UploadHandle = SendHandle & Omit<FileHandle, "cancel">;

const NOTHING_SENT: UploadProgress = { sent: 0, total: 0 };

/** A message that was sent in this tab. */
export interface Sent {
  readonly key: string;
  readonly counter: number;
  readonly conversation: string;
  /** The head of the conversation when it was not there yet. */
  readonly after: number;
  /** Known once it is in the log. */
  readonly stored: StoredEntry | undefined;
}

/** Which row of the outbox it is. */
type Place = Pick<OutboxRow, "key" | "counter" | "conversation">;

class Handle implements UploadHandle, Sent {
  readonly key: string;
  id: string | undefined;
  state: MessageState = "queued";
  progress = NOTHING_SENT;
  counter = 0;
  conversation = "";
  after = 0;
  stored: StoredEntry | undefined;
  readonly toQueue = settling<string>();
  readonly toAccept = settling<Accepted>();
  readonly toDeliver = settling<void>();
  readonly #listeners = new Set<(state: MessageState) => void>();
  readonly #watchers = new Set<(progress: UploadProgress) => void>();

  readonly madeAt: number;

  constructor(key: string, madeAt: number) {
    this.key = key;
    this.madeAt = madeAt;
  }

  get queued() {
    return this.toQueue.promise;
  }

  get accepted() {
    return this.toAccept.promise;
  }

  get delivered() {
    return this.toDeliver.promise;
  }

  onState(listener: (state: MessageState) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onProgress(listener: (progress: UploadProgress) => void): Unsubscribe {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  moved(progress: UploadProgress): void {
    this.progress = progress;
    for (const watcher of [...this.#watchers]) callSafely(() => watcher(progress));
  }

  enter(state: MessageState): void {
    if (state === this.state) return;
    this.state = state;
    for (const listener of [...this.#listeners]) callSafely(() => listener(state));
  }

  fail(error: HoldfastError): void {
    this.toQueue.reject(error);
    this.toAccept.reject(error);
    this.toDeliver.reject(error);
  }
}

export interface HandleContext {
  readonly user: string;
  readonly device: string;
  phaseOf(counter: number): Phase;
  /** Whether nothing has become of it yet: whoever tells that it waits may be late. */
  waits(counter: number): boolean;
  row(conversation: string): ConversationRow | undefined;
}

export class Handles {
  readonly #open = new Map<string, Handle>();
  readonly #byCounter = new Map<number, Handle>();
  /** Those that are in a log and wait for marks, by conversation. */
  readonly #logged = new Map<string, Set<Handle>>();

  make(key: string, wallNow: number): UploadHandle {
    const handle = new Handle(key, wallNow);
    this.#open.set(key, handle);
    return handle;
  }

  /** Those that wait for their entry, and have no row any more. */
  rowless({ meta, outbox }: StoreImage): readonly Sent[] {
    const rows = new Set(outbox.map(({ key }) => key));
    return [...this.#byCounter.values()].filter(
      ({ key, counter, stored }) =>
        stored === undefined && counter <= meta.counter && !rows.has(key),
    );
  }

  /** The row is in the store; its id is told as soon as the user is known. `after`: see `Sent`. */
  queued({ key, counter, conversation }: Place, context: HandleContext, after = 0): void {
    const handle = this.#open.get(key);
    if (handle === undefined) return;
    this.#byCounter.delete(handle.counter);
    handle.counter = counter;
    handle.conversation = conversation;
    handle.after = after;
    this.#byCounter.set(counter, handle);
    this.#identify(handle, context);
  }

  failed(key: string, error: HoldfastError): void {
    const handle = this.#open.get(key);
    if (handle === undefined) return;
    handle.enter("failed");
    handle.fail(error);
    this.#forget(handle);
  }

  apply(change: Change, context: HandleContext): void {
    if (change.user !== undefined) {
      for (const handle of this.#byCounter.values()) this.#identify(handle, context);
    }
    // A leader that ended had no time to tell what it wrote: whoever reads it next does.
    for (const row of change.image?.outbox ?? []) this.#follow(row, context);
    for (const row of change.outbox ?? []) this.#follow(row, context);
    for (const [counter] of change.phases ?? []) {
      const handle = this.#byCounter.get(counter);
      // What is in a log may be sent again after it was given up.
      if (handle?.stored !== undefined || !context.waits(counter)) continue;
      handle?.enter(context.phaseOf(counter));
    }
    for (const [counter, progress] of change.progress ?? []) {
      this.#byCounter.get(counter)?.moved(progress);
    }
    for (const stored of change.arrived ?? []) this.#returned(stored, context);
    for (const stored of change.entries ?? []) this.#returned(stored, context);
    for (const counter of change.gone ?? []) this.#gone(counter);
    this.#advance(change, context);
  }

  /** Sent before that wall time and still not delivered: nobody should wait for it any longer. */
  expire(before: number): void {
    for (const handle of [...this.#open.values()]) {
      if (handle.madeAt >= before || handle.stored === undefined) continue;
      handle.fail(new HoldfastError("expired"));
      this.#forget(handle);
    }
  }

  /** The client closes: nothing more will be told. */
  close(): void {
    for (const handle of this.#open.values()) handle.fail(new HoldfastError("closed"));
    this.#open.clear();
    this.#byCounter.clear();
    this.#logged.clear();
  }

  #identify(handle: Handle, { user, device }: HandleContext): void {
    if (user === "" || handle.counter === 0) return;
    handle.id = `${user}:${device}:${handle.counter}`;
    handle.toQueue.resolve(handle.id);
  }

  /** Another tab may send it before the store has answered the one that wrote it, or send it anew. */
  #heard(place: Place, context: HandleContext): Handle | undefined {
    const handle = this.#open.get(place.key);
    if (handle !== undefined && handle.counter < place.counter) this.queued(place, context);
    return handle;
  }

  #follow(row: OutboxRow, context: HandleContext): void {
    const handle = this.#heard(row, context);
    const { status } = row;
    const isLate = status.kind === "waiting" && !context.waits(row.counter);
    // What is in a log has come to more than to be accepted.
    const isOld = status.kind === "accepted" && handle?.stored !== undefined;
    if (handle?.counter !== row.counter || isLate || isOld) return;
    handle.enter(stateOfRow(row, context.phaseOf(row.counter)));
    if (status.kind === "accepted") {
      const { number, at } = status;
      handle.toAccept.resolve({ id: handle.id ?? "", number, at });
    } else if (status.kind === "failed") {
      const error = new HoldfastError(status.failure.code, status.failure);
      handle.toAccept.reject(error);
      handle.toDeliver.reject(error);
    }
  }

  #returned(stored: StoredEntry, context: HandleContext): void {
    const { key, entry } = stored;
    const { conversation, number, at } = entry;
    if (key === undefined) return;
    const counter = counterOf(entry, context.user, context.device);
    const handle = this.#heard({ key, counter, conversation }, context);
    if (handle === undefined) return;
    handle.stored = stored;
    this.#logged.set(conversation, (this.#logged.get(conversation) ?? new Set()).add(handle));
    handle.toAccept.resolve({ id: handle.id ?? "", number, at });
    this.#progress(handle, context);
  }

  /** Without having come back it was dropped, here or in another tab. */
  #gone(counter: number): void {
    const handle = this.#byCounter.get(counter);
    if (handle === undefined || handle.stored !== undefined) return;
    handle.fail(new HoldfastError("dropped"));
    this.#forget(handle);
  }

  #advance({ image, rows = image?.conversations ?? [] }: Change, context: HandleContext): void {
    for (const { conversation } of rows) {
      for (const handle of [...(this.#logged.get(conversation) ?? [])]) {
        this.#progress(handle, context);
      }
    }
  }

  #progress(handle: Handle, context: HandleContext): void {
    if (handle.stored === undefined) return;
    const row = context.row(handle.stored.entry.conversation);
    const state = stateOfEntry(handle.stored, row, true);
    handle.enter(state);
    if (state === "delivered" || state === "read") handle.toDeliver.resolve();
    if (state === "recalled") handle.toDeliver.reject(new HoldfastError("gone"));
    if (state === "read" || state === "recalled") this.#forget(handle);
  }

  #forget(handle: Handle): void {
    this.#open.delete(handle.key);
    this.#byCounter.delete(handle.counter);
    if (handle.stored) this.#logged.get(handle.stored.entry.conversation)?.delete(handle);
  }
}
