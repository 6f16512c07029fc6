import type { HoldfastClient, Message } from "../../client/index.ts";

/**
 * Addresses of bytes that are in this page's memory, so that a row that scrolls out and in again
 * fetches nothing. The oldest go; what is shown then keeps its picture until it is gone itself.
 */
const KEPT = 200;
const known = new Map<string, Promise<string>>();

/** One's own file needs no fetching while this page is open. */
export function rememberOwn(key: string, url: string): void {
  keep(`${key} whole`, Promise.resolve(url));
  keep(`${key} small`, Promise.resolve(url));
}

/** Rejects with `not-found` once this user may not see it any more. */
export function addressOf(
  client: HoldfastClient,
  message: Message,
  size: "small" | "whole",
): Promise<string> {
  const key = `${message.key} ${size}`;
  const here = known.get(key);
  if (here !== undefined) return here;
  const isSmall = size === "small" && "thumbnail" in message.content;
  const address = client
    .openFile(message, { thumbnail: isSmall })
    .then((blob) => URL.createObjectURL(blob));
  keep(key, address);
  address.catch(() => known.delete(key));
  return address;
}

function keep(key: string, address: Promise<string>): void {
  known.set(key, address);
  const [oldest] = known.keys();
  if (known.size <= KEPT || oldest === undefined) return;
  known.get(oldest)?.then(URL.revokeObjectURL, () => undefined);
  known.delete(oldest);
}
