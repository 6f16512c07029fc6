/**
 * Who somebody is: bearer tokens (JWT). A token carries everything, nothing is kept about it.
 *
 * Each key names the algorithms that it may be used with, all of one family, so that a public key
 * can never be taken for a shared secret; `jwk`, `jku` and `x5u` in a token are never looked at.
 */
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
  SignJWT,
} from "jose";
import { isUserId } from "../protocol/ids.ts";
import { TIMING } from "../protocol/timing.ts";
import { type HoldfastEnv, isDevelopment } from "./env.ts";
import { serverKeys } from "./keys.ts";

export type Role = "user" | "operator";

export interface Identity {
  readonly user: string;
  readonly role: Role;
  /** The token's end, ms. */
  readonly expiresAt: number;
}

export type VerifiedToken =
  | ({ readonly ok: true } & Identity)
  | { readonly ok: false; readonly why: "expired" | "invalid" };

export interface TokenKey {
  readonly algorithms: readonly string[];
  readonly resolve: JWTVerifyGetKey;
}

export interface AuthConfig {
  readonly keys: readonly TokenKey[];
  readonly issuer: string;
  readonly audience: string;
}

const SECRET_ALGORITHMS = ["HS256"];
const KEY_SET_ALGORITHMS = ["EdDSA", "Ed25519", "ES256", "RS256"];
const TOKEN_CHARACTERS = 8_192;
/** A token that says when it was issued is not taken after this, whatever its `exp`. */
const MAX_AGE_MS = 30 * 86_400_000;
const ACCESS_TYPES = new Set(["jwt", "at+jwt", "application/jwt", "application/at+jwt"]);

/** Rejects when a configured key is unusable or the deploy's own can't be had. */
export async function authConfig(env: HoldfastEnv): Promise<AuthConfig> {
  const keys: TokenKey[] = [];
  if (env.AUTH_JWKS !== undefined) {
    keys.push({ algorithms: KEY_SET_ALGORITHMS, resolve: keySet(env.AUTH_JWKS) });
  }
  // Beside a key set of the app, our own key signs nothing but development's tokens.
  if (env.AUTH_SECRET !== undefined || env.AUTH_JWKS === undefined || isDevelopment(env)) {
    const { token } = await serverKeys(env);
    keys.push({ algorithms: SECRET_ALGORITHMS, resolve: () => token });
  }
  return {
    keys,
    issuer: env.AUTH_ISSUER ?? "holdfast",
    audience: env.AUTH_AUDIENCE ?? "holdfast",
  };
}

/** Rejects only when the keys can't be had; whatever is wrong with the token is an answer. */
export async function verifyToken(
  token: string,
  config: AuthConfig,
  now: number,
): Promise<VerifiedToken> {
  const key = keyFor(token, config);
  if (key === undefined) return INVALID;
  try {
    const { payload } = await jwtVerify(token, key.resolve, {
      algorithms: [...key.algorithms],
      issuer: config.issuer,
      audience: config.audience,
      requiredClaims: ["exp", "sub"],
      clockTolerance: TIMING.clockSkewMs / 1_000,
      currentDate: new Date(now),
    });
    return identityOf(payload, now);
  } catch (error) {
    return verdictOf(error);
  }
}

/** A token of our own, as development's sign-in gives it away. */
export async function signToken(
  env: HoldfastEnv,
  identity: Identity,
  now: number,
): Promise<string> {
  const { token } = await serverKeys(env);
  const config = {
    issuer: env.AUTH_ISSUER ?? "holdfast",
    audience: env.AUTH_AUDIENCE ?? "holdfast",
  };
  return new SignJWT(identity.role === "operator" ? { role: "operator" } : {})
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(identity.user)
    .setIssuer(config.issuer)
    .setAudience(config.audience)
    .setIssuedAt(Math.floor(now / 1_000))
    .setExpirationTime(Math.floor(identity.expiresAt / 1_000))
    .sign(token);
}

const INVALID: VerifiedToken = { ok: false, why: "invalid" };

function keyFor(token: string, config: AuthConfig): TokenKey | undefined {
  if (token.length > TOKEN_CHARACTERS) return undefined;
  try {
    const { alg, typ } = decodeProtectedHeader(token);
    if (typ !== undefined && !ACCESS_TYPES.has(String(typ).toLowerCase())) return undefined;
    return config.keys.find(({ algorithms }) => alg !== undefined && algorithms.includes(alg));
  } catch {
    return undefined;
  }
}

function identityOf(payload: JWTPayload, now: number): VerifiedToken {
  const { sub, exp, iat } = payload;
  if (sub === undefined || exp === undefined || !isUserId(sub)) return INVALID;
  if (iat !== undefined && isIssuedWrong(iat, now)) return INVALID;
  if (!isAccessToken(payload)) return INVALID;
  const role = payload["role"] === "operator" ? "operator" : "user";
  const expiresAt = Math.min(Math.floor(exp * 1_000), Number.MAX_SAFE_INTEGER);
  return { ok: true, user: sub, role, expiresAt };
}

function isIssuedWrong(iatSeconds: number, now: number): boolean {
  const ageMs = now - iatSeconds * 1_000;
  return ageMs > MAX_AGE_MS + TIMING.clockSkewMs || ageMs < -TIMING.clockSkewMs;
}

/** Identity providers mark refresh and id tokens in one of these claims, under the same key. */
function isAccessToken(payload: JWTPayload): boolean {
  const { token_use: use, typ } = payload as { token_use?: unknown; typ?: unknown };
  if (use !== undefined && use !== "access") return false;
  return typ === undefined || typ === "Bearer" || typ === "JWT";
}

/** A key set that can't be fetched or read is our trouble and no verdict on the token. */
function verdictOf(error: unknown): VerifiedToken {
  if (error instanceof errors.JWTExpired) return { ok: false, why: "expired" };
  const isOurs =
    !(error instanceof errors.JOSEError) ||
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    error.code === "ERR_JOSE_GENERIC";
  if (isOurs) throw error;
  return INVALID;
}

/** Kept per isolate: a remote set caches what it fetched. */
const keySets = new Map<string, JWTVerifyGetKey>();

function keySet(configured: string): JWTVerifyGetKey {
  const known = keySets.get(configured);
  if (known !== undefined) return known;
  const made = configured.trimStart().startsWith("{")
    ? createLocalJWKSet(JSON.parse(configured) as JSONWebKeySet)
    : createRemoteJWKSet(tlsUrl(configured));
  keySets.set(configured, made);
  return made;
}

/** Whoever could change the keys on their way could sign for anybody. */
function tlsUrl(configured: string): URL {
  const url = new URL(configured);
  if (url.protocol !== "https:") throw new Error("AUTH_JWKS must be a key set or an https URL");
  return url;
}
