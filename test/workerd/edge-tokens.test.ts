import { base64url, exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { expect, test, vi } from "vitest";
import { authConfig, verifyToken } from "../../worker/auth.ts";
import type { HoldfastEnv } from "../../worker/env.ts";
import { serverKeys } from "../../worker/keys.ts";
import { mintTicket } from "../../worker/tickets.ts";
import { bearer, edge, policyOfAnotherIsolate, refusalOf, tokenFor } from "./fixtures/edge.ts";

const SECRET = "a shared secret of the app, 32 bytes or more";
const NOW = Date.UTC(2026, 10, 22);
const SECOND = NOW / 1_000;
const secret = new TextEncoder().encode(SECRET).slice();

const good = { sub: "alice", iss: "holdfast", aud: "holdfast", iat: SECOND, exp: SECOND + 600 };

type Claims = Record<string, unknown>;

function sign(claims: Claims, header: { alg?: string; typ?: string; kid?: string } = {}) {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256", typ: "JWT", ...header })
    .sign(secret);
}

/** A token put together by hand, since no library signs what must be refused. */
async function forge(header: object, claims: Claims, key?: Uint8Array<ArrayBuffer>) {
  const parts = [header, claims].map((part) => base64url.encode(JSON.stringify(part))).join(".");
  if (key === undefined) return `${parts}.`;
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, hmac, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(parts));
  return `${parts}.${base64url.encode(new Uint8Array(mac))}`;
}

async function verify(token: string, config: Partial<HoldfastEnv> = { AUTH_SECRET: SECRET }) {
  return verifyToken(token, await authConfig(edge(config).env), NOW);
}

test("a good token names user, role and end", async () => {
  const expected = { ok: true, user: "alice", role: "user", expiresAt: (SECOND + 600) * 1_000 };
  expect(await verify(await sign(good))).toEqual(expected);
  expect(await verify(await sign({ ...good, role: "operator" }))).toMatchObject({
    role: "operator",
  });
  expect(await verify(await sign({ ...good, role: ["operator"] }))).toMatchObject({ role: "user" });
  expect(await verify(await sign({ ...good, role: "root" }))).toMatchObject({ role: "user" });
});

test.each<[string, Claims]>([
  ["another issuer", { ...good, iss: "elsewhere" }],
  ["no issuer", { ...good, iss: undefined }],
  ["another audience", { ...good, aud: "elsewhere" }],
  ["no audience", { ...good, aud: undefined }],
  ["no end", { ...good, exp: undefined }],
  ["an end that is no number", { ...good, exp: "2099-01-01" }],
  ["no subject", { ...good, sub: undefined }],
  ["a subject that is no user id", { ...good, sub: "alice bob" }],
  ["a subject with a path", { ...good, sub: "../alice" }],
  ["a subject that is no string", { ...good, sub: { $ne: null } }],
  ["not valid before two minutes from now", { ...good, nbf: SECOND + 120 }],
  ["issued in two minutes", { ...good, iat: SECOND + 120 }],
  ["issued 31 days ago", { ...good, iat: SECOND - 31 * 86_400 }],
  ["a refresh token by its use", { ...good, token_use: "refresh" }],
  ["a refresh token by its type", { ...good, typ: "Refresh" }],
])("refused: %s", async (_, claims) => {
  expect(await verify(await sign(claims))).toEqual({ ok: false, why: "invalid" });
});

test("an end is taken with 60 s of skew, not more", async () => {
  expect(await verify(await sign({ ...good, exp: SECOND - 59 }))).toMatchObject({ ok: true });
  const late = await sign({ ...good, exp: SECOND - 61 });
  expect(await verify(late)).toEqual({ ok: false, why: "expired" });
});

test("a type of another kind of token is refused, none at all is fine", async () => {
  const plain = new SignJWT(good).setProtectedHeader({ alg: "HS256" }).sign(secret);
  expect(await verify(await plain)).toMatchObject({ ok: true });
  expect(await verify(await sign(good, { typ: "at+jwt" }))).toMatchObject({ ok: true });
  for (const typ of ["rt+jwt", "logout+jwt", "dpop+jwt"]) {
    expect(await verify(await sign(good, { typ }))).toEqual({ ok: false, why: "invalid" });
  }
});

test.each<[string, () => Promise<string> | string]>([
  ["no token at all", () => "x"],
  ["an empty one", () => ""],
  ["algorithm none", () => forge({ alg: "none", typ: "JWT" }, good)],
  ["algorithm none in another case", () => forge({ alg: "nOnE", typ: "JWT" }, good)],
  ["no algorithm", () => forge({ typ: "JWT" }, good, secret)],
  ["an algorithm that isn't configured", () => sign(good, { alg: "HS512" })],
  [
    "another key",
    () =>
      forge(
        { alg: "HS256" },
        good,
        secret.map((byte) => byte ^ 1),
      ),
  ],
  ["an empty key", () => forge({ alg: "HS256", kid: "/dev/null" }, good, new Uint8Array(1))],
  ["an unknown critical header", () => forge({ alg: "HS256", crit: ["x"], x: 1 }, good, secret)],
  ["an unencoded payload", () => forge({ alg: "HS256", b64: false, crit: ["b64"] }, good, secret)],
  ["a claim changed after signing", async () => tampered(await sign(good))],
  ["longer than any token", async () => sign({ ...good, pad: "x".repeat(8_192) })],
])("refused: %s", async (_, token) => {
  expect(await verify(await token())).toEqual({ ok: false, why: "invalid" });
});

function tampered(token: string): string {
  const [header, , mac] = token.split(".");
  return [header, base64url.encode(JSON.stringify({ ...good, sub: "mallory" })), mac].join(".");
}

test("a key that the token itself brings is not looked at", async () => {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = await exportJWK(publicKey);
  const jku = "https://evil.example/keys.json";
  for (const header of [{ jwk }, { jku }, { x5u: jku }, { kid: "../../etc/passwd" }]) {
    const token = new SignJWT(good).setProtectedHeader({ alg: "ES256", ...header });
    const signed = await token.sign(privateKey);
    expect(await verify(signed)).toEqual({ ok: false, why: "invalid" });
    const other = await generateKeyPair("ES256", { extractable: true });
    const AUTH_JWKS = JSON.stringify({ keys: [await exportJWK(other.publicKey)] });
    expect(await verify(signed, { AUTH_JWKS })).toEqual({ ok: false, why: "invalid" });
  }
});

test.each(["EdDSA", "ES256", "RS256"])("a key set takes %s, and no secret", async (alg) => {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), alg, kid: "1" };
  const AUTH_JWKS = JSON.stringify({ keys: [jwk] });
  const token = new SignJWT(good).setProtectedHeader({ alg, kid: "1", typ: "JWT" });
  expect(await verify(await token.sign(privateKey), { AUTH_JWKS })).toMatchObject({ ok: true });

  // The public key, in every form that an attacker may have it, taken for a shared secret.
  const pem = await exportSPKI(publicKey);
  for (const text of [pem, pem.trim(), AUTH_JWKS, JSON.stringify(jwk)]) {
    const forged = await forge(
      { alg: "HS256", kid: "1", typ: "JWT" },
      good,
      new TextEncoder().encode(text).slice(),
    );
    expect(await verify(forged, { AUTH_JWKS })).toEqual({ ok: false, why: "invalid" });
  }
});

test("with both configured, each key takes its own family only", async () => {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  const AUTH_JWKS = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), alg: "RS256" }] });
  const both = { AUTH_JWKS, AUTH_SECRET: SECRET };
  const signed = new SignJWT(good).setProtectedHeader({ alg: "RS256" }).sign(privateKey);
  expect(await verify(await signed, both)).toMatchObject({ ok: true });
  expect(await verify(await sign(good), both)).toMatchObject({ ok: true });
  expect(await verify(await sign(good), { AUTH_JWKS })).toEqual({ ok: false, why: "invalid" });
  expect(await verify(await signed)).toEqual({ ok: false, why: "invalid" });
});

test("a secret in a key set opens nothing", async () => {
  const AUTH_JWKS = JSON.stringify({ keys: [{ kty: "oct", k: base64url.encode(secret) }] });
  expect(await verify(await sign(good), { AUTH_JWKS })).toEqual({ ok: false, why: "invalid" });
});

test("a key set that can't be fetched is no verdict on the token", async () => {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const token = await new SignJWT(good).setProtectedHeader({ alg: "ES256" }).sign(privateKey);
  const AUTH_JWKS = "https://id.example/keys.json";
  const fetched = vi.spyOn(globalThis, "fetch");
  fetched.mockResolvedValueOnce(new Response("out of order", { status: 503 }));
  await expect(verify(token, { AUTH_JWKS })).rejects.toThrow();
  fetched.mockResolvedValueOnce(Response.json({ keys: [await exportJWK(publicKey)] }));
  expect(await verify(token, { AUTH_JWKS })).toMatchObject({ ok: true, user: "alice" });
  // And is then kept.
  expect(await verify(token, { AUTH_JWKS })).toMatchObject({ ok: true });
  expect(fetched).toHaveBeenCalledTimes(2);
  fetched.mockRestore();
});

test("a key set is fetched over TLS only", async () => {
  const config = { AUTH_JWKS: "http://id.example/keys.json" };
  await expect(verify("x", config)).rejects.toThrow("https");
});

test("no token gets into the log, whatever fails", async () => {
  const here = edge({}, () => {
    throw new Error("broken");
  });
  const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const token = await tokenFor(here, "alice");
  for (const canary of [token, "canary"]) {
    await here.fetch(`/v1/devices?token=${canary}`, { headers: bearer(token) });
  }
  expect(logged).toHaveBeenCalled();
  expect(JSON.stringify(logged.mock.calls)).not.toMatch(/canary|eyJ/);
  logged.mockRestore();
});

test("issuer and audience are configurable", async () => {
  const config = { AUTH_SECRET: SECRET, AUTH_ISSUER: "https://id.example", AUTH_AUDIENCE: "chat" };
  const claims = { ...good, iss: "https://id.example", aud: ["other", "chat"] };
  expect(await verify(await sign(claims), config)).toMatchObject({ ok: true });
  expect(await verify(await sign(good), config)).toEqual({ ok: false, why: "invalid" });
});

test("a secret too short to be one is refused loudly, and not told to the client", async () => {
  const short = edge({ AUTH_SECRET: "hunter2" });
  await expect(authConfig(short.env)).rejects.toThrow("at least 32 bytes");
  const response = await short.fetch("/v1/devices", { headers: bearer("x") });
  expect(response.status).toBe(500);
  expect(await response.text()).not.toMatch(/hunter2|bytes|AUTH_SECRET/);
});

test("without a configured secret the deploy mints one and keeps it", async () => {
  const first = edge();
  const token = await tokenFor(first, "alice");
  const another = edge({ POLICY: policyOfAnotherIsolate() });
  const { keys } = await authConfig(another.env);
  expect(keys).toHaveLength(1);
  expect((await another.fetch("/v1/devices", { headers: bearer(token) })).status).toBe(200);
  expect((await serverKeys(first.env)).token).toHaveLength(32);
});

test("a ticket is no token", async () => {
  const here = edge();
  const { ticket } = await serverKeys(here.env);
  const wish = { user: "alice", device: "device-1", until: Date.now() + 60_000 };
  const { text } = await mintTicket({ ...wish, purpose: "open" }, ticket, Date.now(), 0);
  const response = await here.fetch("/v1/devices", { headers: bearer(text) });
  expect((await refusalOf(response)).rule).toBe("token-invalid");
});

test.each([
  ["nothing", {}],
  ["no bearer", { Authorization: "Basic YWxpY2U6" }],
  ["an empty one", { Authorization: "Bearer " }],
  ["garbage", { Authorization: "Bearer x" }],
  ["a claim by header", { "X-User-Id": "alice", "X-Forwarded-User": "alice" }],
])("routes answer 401 to %s", async (_, headers) => {
  const here = edge();
  const response = await here.fetch("/v1/devices", { headers });
  expect(response.headers.get("WWW-Authenticate")).toBe("Bearer");
  expect(await refusalOf(response)).toMatchObject({ status: 401, code: "unauthenticated" });
  expect(here.touched).toEqual([]);
});
