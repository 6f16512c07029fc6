import type { Made } from "../basic-client.ts";
import { HoldfastError } from "../errors.ts";
import type {
  Bytes,
  FileHandle,
  FileMessage,
  PictureOwner,
  SendFileOptions,
} from "../file-model.ts";
import type { Message, SendHandle, SendOptions } from "../model.ts";
import type { Platform } from "../ports.ts";
import type { Book } from "./book.ts";
import type { FileParts } from "./file-sending.ts";
import { Groups } from "./groups.ts";

/** What making a message of a file takes. */
export interface Desk {
  readonly book: Book;
  readonly platform: Platform;
  /** Of the stores. */
  readonly name: string;
  readonly url: string;
}

/** Files in messages: sent from the outbox like any other, across reloads and bad networks. */
export abstract class Filing extends Groups {
  /** By conversation: what comes after a file waits until its bytes are kept. */
  readonly #keeping = new Map<string, Promise<void>>();

  /**
   * Sends a file. Returns at once; its bytes are kept here until they are uploaded, and what is
   * sent to the conversation afterwards comes after it. At most 20 MiB, or what the operator says.
   */
  sendFile(conversation: string, bytes: Bytes, options: SendFileOptions = {}): FileHandle {
    return this.#send(conversation, options, async (key) => {
      const { keepFile } = await import("./file-sending.ts");
      return keepFile(this.#parts(), key, bytes, options);
    });
  }

  /**
   * Sends the content of a message to another conversation, as a message of its own that the recall
   * of the first does not reach. Its files are copied by the server.
   */
  forward(message: Message, conversation: string): SendHandle {
    return this.#send(conversation, {}, async () => {
      const { forwardOf } = await import("./file-sending.ts");
      return forwardOf(message);
    });
  }

  /**
   * The bytes of a message's file, or of its thumbnail. The type is one of those that can be shown
   * without harm (png, jpeg, gif, webp, mp4), else `application/octet-stream`. Asked for anew each
   * time: rejects with `not-found` once the message is recalled or this user may not see it any
   * more, and with `offline`. `URL.createObjectURL` makes it an address for an element.
   */
  async openFile(
    message: FileMessage,
    options: { readonly thumbnail?: boolean } = {},
  ): Promise<Blob> {
    const { openFile } = await import("./file-sending.ts");
    return openFile(this.#parts(), message, options.thumbnail === true);
  }

  /**
   * Uploads what is to stand for this user or for a group: a PNG, JPEG, GIF or WebP of at most 1 MiB.
   * Resolves with its reference, for `setProfile`, `createGroup` and `changeGroup`; one that is not
   * used is erased after days. Rejects with `too-big`, `offline` and the server's errors.
   */
  async uploadPicture(bytes: Bytes): Promise<string> {
    const { uploadPicture } = await import("./pictures.ts");
    return uploadPicture(this.#parts(), bytes);
  }

  /**
   * What stands for a user, or for a group to its members, as of now; `picture` of a profile or of a
   * group changes with it. Rejects with `not-found` where there is none to be seen, and `offline`.
   */
  async openPicture(owner: PictureOwner): Promise<Blob> {
    const { openPicture } = await import("./pictures.ts");
    return openPicture(this.#parts(), owner);
  }

  protected override say(conversation: string, made: Made, options: SendOptions): SendHandle {
    const handle = this.newHandle();
    void this.#inOrder(conversation, () => this.enqueue(handle.key, conversation, made, options));
    return handle;
  }

  #parts(): FileParts {
    const { book, name, options, config, tokens } = this;
    return { book, platform: options.platform, name, url: config.url, tokens };
  }

  /** At once, or after the files that are being kept for the same conversation. */
  #inOrder(conversation: string, enqueue: () => Promise<void>): Promise<void> {
    const before = this.#keeping.get(conversation);
    return before === undefined ? enqueue() : before.then(enqueue);
  }

  #send(
    conversation: string,
    options: SendFileOptions,
    make: (key: string) => Promise<Made>,
  ): FileHandle {
    const handle = this.newHandle();
    const { key } = handle;
    const kept = this.#inOrder(conversation, async () => {
      try {
        await this.enqueue(key, conversation, await make(key), limitsOf(options));
      } catch (cause) {
        const known = cause instanceof HoldfastError;
        this.handles.failed(key, known ? cause : new HoldfastError("store-failed", { cause }));
      }
    });
    this.#keeping.set(conversation, kept);
    void kept.then(() => {
      if (this.#keeping.get(conversation) === kept) this.#keeping.delete(conversation);
    });
    return Object.assign(handle, { cancel: () => kept.then(() => this.drop(key)) });
  }
}

/** What is said about sending, without what is said about the file. */
function limitsOf(options: SendFileOptions): SendOptions {
  const { name: _, caption: _c, replyTo: _r, thumbnail: _t, ...rest } = options;
  const { width: _w, height: _h, durationMs: _d, ...limits } = rest;
  return limits;
}
