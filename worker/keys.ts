/** The secrets of this deploy: one signing secret, and keys derived from it for other uses. */
import { base64url } from "jose";
import type { HoldfastEnv } from "./env.ts";
import { mintedSigningKey } from "./policy.ts";

export interface ServerKeys {
  /** Signs and verifies HS256 tokens. */
  readonly token: Uint8Array<ArrayBuffer>;
  /** HMAC keys, so derived that nothing made for one use passes in another. */
  readonly ticket: CryptoKey;
  readonly network: CryptoKey;
  readonly file: CryptoKey;
}

/** RFC 7518, section 3.2: an HS256 key is at least as long as the hash. */
const SECRET_BYTES = 32;

/** By binding: one isolate serves one deploy, tests serve several environments. */
const cache = new WeakMap<
  object,
  { readonly secret: string | undefined; readonly keys: ServerKeys }
>();

/**
 * From AUTH_SECRET, or from a key that the policy object minted and keeps. Rejects when that object
 * can't be reached, and when AUTH_SECRET is too short to be one.
 */
export async function serverKeys(env: HoldfastEnv): Promise<ServerKeys> {
  const cached = cache.get(env.POLICY);
  if (cached !== undefined && cached.secret === env.AUTH_SECRET) return cached.keys;
  const keys = await deriveKeys(await tokenSecret(env));
  cache.set(env.POLICY, { secret: env.AUTH_SECRET, keys });
  return keys;
}

async function tokenSecret(env: HoldfastEnv): Promise<Uint8Array<ArrayBuffer>> {
  if (env.AUTH_SECRET === undefined) return base64url.decode(await mintedSigningKey(env)).slice();
  const secret = new TextEncoder().encode(env.AUTH_SECRET).slice();
  if (secret.byteLength < SECRET_BYTES) {
    throw new Error(`AUTH_SECRET must have at least ${SECRET_BYTES} bytes`);
  }
  return secret;
}

async function deriveKeys(token: Uint8Array<ArrayBuffer>): Promise<ServerKeys> {
  const root = await crypto.subtle.importKey("raw", token, "HKDF", false, ["deriveKey"]);
  return {
    token,
    ticket: await deriveHmacKey(root, "holdfast ticket 1"),
    network: await deriveHmacKey(root, "holdfast network 1"),
    file: await deriveHmacKey(root, "holdfast file 1"),
  };
}

function deriveHmacKey(root: CryptoKey, use: string): Promise<CryptoKey> {
  const info = new TextEncoder().encode(use);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info },
    root,
    { name: "HMAC", hash: "SHA-256", length: 256 },
    false,
    ["sign", "verify"],
  );
}
