/**
 * Reading and writing the names of ids.ts, without the schema library: the client's bundle has
 * these and not that.
 */

export const USER_ID = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
export const DEVICE_ID = /^[A-Za-z0-9_-]{8,32}$/;
export const GROUP_ID = /^[A-Za-z0-9_-]{22}$/;

/** The coordinates of a message's origin. Fixed before the first attempt; every retry repeats them. */
export interface Origin {
  readonly user: string;
  readonly device: string;
  /** The device's own counter: 1, 2, 3 … over all of its conversations. */
  readonly counter: number;
}

export type Conversation =
  | { readonly kind: "direct"; readonly users: readonly [string, string] }
  | { readonly kind: "group"; readonly group: string };

export function isUserId(text: string): boolean {
  return USER_ID.test(text);
}

export function isDeviceId(text: string): boolean {
  return DEVICE_ID.test(text);
}

/** The one direct conversation of two users, whoever asks; `directConversation(a, a)` is a's notes. */
export function directConversation(a: string, b: string): string {
  return a <= b ? `direct:${a},${b}` : `direct:${b},${a}`;
}

export function groupConversation(group: string): string {
  return `group:${group}`;
}

/** `undefined` for anything that is not written exactly as the two functions above write it. */
export function parseConversation(id: string): Conversation | undefined {
  if (id.startsWith("group:")) {
    const group = id.slice(6);
    return GROUP_ID.test(group) ? { kind: "group", group } : undefined;
  }
  if (!id.startsWith("direct:")) return undefined;
  const [a, b, ...rest] = id.slice(7).split(",");
  if (a === undefined || b === undefined || rest.length > 0) return undefined;
  if (!USER_ID.test(a) || !USER_ID.test(b) || a > b) return undefined;
  return { kind: "direct", users: [a, b] };
}

/** The other user of a direct conversation (oneself in one's notes); undefined when not a member. */
export function peerOf(conversation: string, user: string): string | undefined {
  const parsed = parseConversation(conversation);
  if (parsed?.kind !== "direct") return undefined;
  const [a, b] = parsed.users;
  if (a === user) return b;
  return b === user ? a : undefined;
}

export function formatMessageId(origin: Origin): string {
  return `${origin.user}:${origin.device}:${origin.counter}`;
}

export function parseMessageId(id: string): Origin | undefined {
  const [user, device, digits, ...rest] = id.split(":");
  if (user === undefined || device === undefined || digits === undefined) return undefined;
  if (rest.length > 0 || !USER_ID.test(user) || !DEVICE_ID.test(device)) return undefined;
  if (!/^[1-9][0-9]{0,15}$/.test(digits)) return undefined;
  const counter = Number(digits);
  return Number.isSafeInteger(counter) ? { user, device, counter } : undefined;
}
