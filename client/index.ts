/** The public surface of the SDK; nothing else of this folder is meant to be imported by apps. */
export { FOREVER } from "../protocol/arrange.ts";
export type { Content, Priority } from "../protocol/entries.ts";
export { ERRORS } from "../protocol/errors.ts";
export { LIMITS, utf8Bytes } from "../protocol/limits.ts";
export type { FileContent } from "../protocol/media.ts";
export {
  directConversation,
  groupConversation,
  isUserId,
  parseConversation,
  parseMessageId,
  peerOf,
} from "../protocol/names.ts";
export { mayInvite, mayWrite } from "./core/place.ts";
export type { MessageHandler } from "./engine/handing.ts";
export {
  CLIENT_ERRORS,
  type ClientErrorCode,
  HoldfastError,
  type HoldfastErrorCode,
} from "./errors.ts";
export type * from "./file-model.ts";
export type * from "./files.ts";
export { HoldfastClient } from "./holdfast-client.ts";
export type * from "./info-model.ts";
export { memoryStore } from "./memory-store.ts";
export type * from "./model.ts";
export type { ClientOptions } from "./options.ts";
export type * from "./ports.ts";
export type * from "./search-model.ts";
export type * from "./store.ts";
