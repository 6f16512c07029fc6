import { LIMITS, utf8Bytes } from "../../protocol/limits.ts";
import { directConversation } from "../../protocol/names.ts";
import { BasicClient, type Made } from "../basic-client.ts";
import type { NewWish } from "../core/personal.ts";
import { HoldfastError } from "../errors.ts";
import type { Draft, Folder, Observable, SendOptions } from "../model.ts";
import { EXTRAS } from "./parts.ts";

/**
 * How a user arranges conversations for themself, on all devices. Each of these is shown at once,
 * without a connection too, and resolves when it is kept here, from where it is told to the server
 * until it is so. What two devices want at the same time is decided by the server's order.
 */
export abstract class Personal extends BasicClient {
  /** This user's folders, in their order. */
  readonly folders: Observable<readonly Folder[]> = this.book.folders;
  /** A draft is being sent: what is begun after it comes after it. */
  #drafting: Promise<void> = Promise.resolve();

  protected override enqueue(
    key: string,
    conversation: string,
    made: Made,
    options: SendOptions,
  ): Promise<void> {
    const queued = super.enqueue(key, conversation, made, options);
    if (options.fromDraft) this.#drafting = queued;
    return queued;
  }

  /** Pinned conversations stand before all others. */
  pin(conversation: string, on = true): Promise<void> {
    return this.wish(conversation, { change: { pinned: on } });
  }

  /** Until a time, ms since 1970 (`FOREVER`: for good); null: not any more. */
  mute(conversation: string, untilMs: number | null): Promise<void> {
    return this.wish(conversation, { change: { mutedUntil: untilMs } });
  }

  /** Archived conversations stand after all others; new messages do not bring them back. */
  archive(conversation: string, on = true): Promise<void> {
    return this.wish(conversation, { change: { archived: on } });
  }

  /** Until it is read on, here or elsewhere. */
  markUnread(conversation: string, on = true): Promise<void> {
    return this.wish(conversation, { change: { markedUnread: on } });
  }

  /** The folders that the conversation is in, by id: these and no others. */
  fileInto(conversation: string, folders: readonly string[]): Promise<void> {
    return this.wish(conversation, { change: { folders: [...folders] } });
  }

  /** All of this user's folders in their order, at most 64. One left out is gone. */
  async setFolders(folders: readonly Folder[]): Promise<void> {
    const { user } = this;
    // Whose they are is known from the first connection on.
    if (user === undefined) throw new HoldfastError("offline");
    await this.wish(directConversation(user, user), { folders });
  }

  /**
   * What was begun in a conversation, e.g. at each key: an empty text deletes it. Rejects with
   * `too-big` above 8,192 bytes. What is sent with `fromDraft` ends it.
   */
  async saveDraft(conversation: string, text: string, options: Omit<Draft, "text"> = {}) {
    if (utf8Bytes(text) > LIMITS.textBytes) throw new HoldfastError("too-big");
    await this.wish(conversation, { draft: { ...options, text } });
  }

  /** Keeps a wish until it is so. */
  protected async wish(conversation: string, wish: NewWish): Promise<void> {
    if (wish.draft !== undefined) await this.#drafting;
    // In this tab, too, what is wished is shown as soon as it is kept.
    await EXTRAS.load();
    return this.ask({ do: "wish", conversation, wish });
  }
}
