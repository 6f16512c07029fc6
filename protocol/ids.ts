/**
 * Names of things, as they stand on the wire. All are plain strings, so that logs, URLs and rows
 * show them as they are.
 *
 * - user: what the app's token says in `sub`; letters, digits, `.`, `_`, `@`, `-`; at most 64.
 * - device: made by the client together with its outbox; 8 to 32 characters of base64url.
 * - conversation: `direct:alice,bob` (both names in code-unit order) or `group:<id>`.
 * - message: `alice:k3Jd92mx:17`, that is sender, device and the device's own counter.
 */
import * as v from "valibot";
import { DEVICE_ID, parseConversation, parseMessageId, USER_ID } from "./names.ts";

export {
  type Conversation,
  directConversation,
  formatMessageId,
  groupConversation,
  isDeviceId,
  isUserId,
  type Origin,
  parseConversation,
  parseMessageId,
  peerOf,
} from "./names.ts";

export const userIdSchema = v.pipe(v.string(), v.regex(USER_ID, "user-id"));
export const deviceIdSchema = v.pipe(v.string(), v.regex(DEVICE_ID, "device-id"));
export const counterSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
export const conversationIdSchema = v.pipe(
  v.string(),
  v.maxLength(160),
  v.check((id) => parseConversation(id) !== undefined, "conversation-id"),
);
export const messageIdSchema = v.pipe(
  v.string(),
  v.maxLength(160),
  v.check((id) => parseMessageId(id) !== undefined, "message-id"),
);
