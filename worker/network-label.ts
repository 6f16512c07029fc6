import { base64url } from "jose";
import { addressPrefix } from "./core/network.ts";

const HASH_CHARACTERS = 8;

/**
 * A name for the network that a request came from, for clients to learn heartbeats by: autonomous
 * system, place of the edge, and a keyed hash of the address's prefix, from which nobody without
 * the key gets an address back.
 */
export async function networkLabel(request: Request, key: CryptoKey): Promise<string> {
  const { asn = 0, colo = "local" } = (request.cf ?? {}) as { asn?: number; colo?: string };
  const prefix = addressPrefix(request.headers.get("CF-Connecting-IP") ?? "") ?? "unknown";
  const hash = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(prefix));
  const label = base64url.encode(new Uint8Array(hash)).slice(0, HASH_CHARACTERS);
  return `${asn}-${colo}-${label}`;
}
