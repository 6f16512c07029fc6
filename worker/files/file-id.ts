/**
 * The id of a file: 128 bits of a keyed hash of its owner and its content. So nobody can guess one,
 * the same bytes are stored once per user, and beginning an upload twice is beginning it once.
 */
import { base64url } from "jose";

const ID_BYTES = 16;

export async function fileIdOf(key: CryptoKey, owner: string, hash: string): Promise<string> {
  const text = new TextEncoder().encode(`${owner}/${hash}`);
  const mac = await crypto.subtle.sign("HMAC", key, text);
  return base64url.encode(new Uint8Array(mac, 0, ID_BYTES));
}
