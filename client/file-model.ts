/** What an app sees of files beside the message that they are in. */
import type { Message, SendHandle, SendOptions, Unsubscribe } from "./model.ts";

/** Bytes of a message's files, its thumbnail's included. */
export interface UploadProgress {
  /** That the server has. */
  readonly sent: number;
  readonly total: number;
}

/** As the handle of any message; `queued` waits until the bytes are kept here. */
export interface FileHandle extends SendHandle {
  readonly progress: UploadProgress;
  /** Called whenever more of it is uploaded. */
  onProgress(listener: (progress: UploadProgress) => void): Unsubscribe;
  /** Ends the upload and forgets the message, as `drop` does: rejects once it was accepted. */
  cancel(): Promise<void>;
}

/** What names a message's file; any message will do. */
export type FileMessage = Pick<Message, "key" | "conversation" | "number" | "content">;

/** Bytes to send, and the smaller ones that stand for them. */
export type Bytes = Blob | Uint8Array;

/** Whose picture: a user's, or that of a group by its conversation. */
export type PictureOwner = { readonly user: string } | { readonly conversation: string };

export interface SendFileOptions extends SendOptions {
  /** What the others see; at most 256 bytes of it. Default: the file's own, or `file`. */
  readonly name?: string;
  readonly caption?: string;
  /** Number of the message that it answers. */
  readonly replyTo?: number;
  /** A small picture of it; `makeThumbnail` of `holdfast/browser` makes one. */
  readonly thumbnail?: Bytes;
  /** In pixels, as it is shown. */
  readonly width?: number;
  readonly height?: number;
  readonly durationMs?: number;
}
