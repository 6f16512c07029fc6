import { expect, test } from "vitest";
import { LIMITS } from "../../protocol/limits.ts";
import type { HoldfastEnv } from "../../worker/env.ts";
import type { UserRequest } from "../../worker/requests.ts";
import { bearer, type Edge, edge, json, refusalOf, tokenFor } from "./fixtures/edge.ts";

const DEVELOPMENT = { DEV_SIGN_IN: "on" };

async function as(here: Edge, user: string, path: string, method = "GET") {
  return here.fetch(path, { method, headers: bearer(await tokenFor(here, user)) });
}

test("limits tells everything in force, to anybody", async () => {
  const response = await edge().fetch("/v1/limits");
  expect(await response.json()).toMatchObject({
    version: 1,
    floor: 1,
    development: false,
    limits: LIMITS,
    timing: { ticketMs: 30_000 },
    settings: { recipients: "known" },
  });
});

test.each<[string, Partial<HoldfastEnv>, string]>([
  ["a deploy", {}, "known"],
  ["development", DEVELOPMENT, "any"],
  ["a deploy that says so", { RECIPIENTS: "any" }, "any"],
  ["development that says otherwise", { ...DEVELOPMENT, RECIPIENTS: "known" }, "known"],
  ["nonsense", { RECIPIENTS: "everyone" }, "known"],
])("recipients by default in %s", async (_, overrides, recipients) => {
  // A binding object of its own, since settings are cached by it.
  const { env } = edge();
  const namespace = env.POLICY as { idFromName(name: string): object; get(id: object): object };
  const POLICY = {
    idFromName: (name: string) => namespace.idFromName(name),
    get: (id: object) => namespace.get(id),
  };
  const response = await edge({ POLICY, ...overrides }).fetch("/v1/limits");
  expect(await response.json()).toMatchObject({ settings: { recipients } });
});

test("development's sign-in brings the object to life and gives a token that works", async () => {
  const here = edge(DEVELOPMENT);
  const response = await here.fetch("/v1/dev/sign-in", json("POST", { user: "alice" }));
  const { token, expiresAt, user } = (await response.json()) as {
    token: string;
    expiresAt: number;
    user: string;
  };
  expect(user).toBe("alice");
  expect(expiresAt).toBeGreaterThan(Date.now());
  expect(here.touched).toEqual([{ user: "alice", op: { kind: "sign-up", user: "alice" } }]);
  expect((await here.fetch("/v1/devices", { headers: bearer(token) })).status).toBe(200);
  expect((await here.fetch("/v1/policy", { headers: bearer(token) })).status).toBe(403);
});

test("development's sign-in gives operators away", async () => {
  const here = edge(DEVELOPMENT);
  const body = { user: "root", role: "operator" };
  const response = await here.fetch("/v1/dev/sign-in", json("POST", body));
  const { token } = (await response.json()) as { token: string };
  expect((await here.fetch("/v1/policy", { headers: bearer(token) })).status).toBe(200);
});

test.each(["/v1/dev/sign-in", "/v1/dev/crash"])("%s is not there in a deploy", async (path) => {
  for (const DEV_SIGN_IN of [undefined, "off", "true", "ON"]) {
    const here = edge(DEV_SIGN_IN === undefined ? {} : { DEV_SIGN_IN });
    const response = await here.fetch(path, json("POST", { user: "alice" }));
    expect(await refusalOf(response)).toMatchObject({ status: 404, code: "not-found" });
    expect(here.touched).toEqual([]);
  }
});

test("crash ends an object in development, for who is signed in", async () => {
  const here = edge(DEVELOPMENT);
  expect((await here.fetch("/v1/dev/crash", json("POST", { user: "alice" }))).status).toBe(401);
  const headers = bearer(await tokenFor(here, "bob"));
  const response = await here.fetch("/v1/dev/crash", json("POST", { user: "alice" }, headers));
  expect(response.status).toBe(200);
  expect(here.touched).toEqual([{ user: "alice" }]);
});

test.each<[string, string, UserRequest]>([
  ["GET", "/v1/devices", { kind: "devices" }],
  ["DELETE", "/v1/devices/device-1", { kind: "revoke", device: "device-1" }],
  ["GET", "/v1/devices/device-1/timeline", { kind: "device-timeline", device: "device-1" }],
  ["GET", "/v1/conversations", { kind: "conversations" }],
  [
    "GET",
    "/v1/conversations?after=direct:alice,bob",
    { kind: "conversations", after: "direct:alice,bob" },
  ],
  [
    "GET",
    "/v1/conversations/direct:alice,bob/messages",
    { kind: "history", conversation: "direct:alice,bob", limit: 50 },
  ],
  [
    "GET",
    "/v1/conversations/direct%3Aalice%2Cbob/messages?before=9&limit=3",
    { kind: "history", conversation: "direct:alice,bob", before: 9, limit: 3 },
  ],
])("%s %s asks the caller's own object", async (method, path, op) => {
  const here = edge();
  const response = await as(here, "alice", path, method);
  expect(response.status).toBe(200);
  expect(here.touched).toEqual([{ user: "alice", op }]);
  expect(await response.json()).toEqual({ op });
});

test.each([
  "/v1/conversations/direct:bob,alice/messages",
  "/v1/conversations/direct:alice,bob/messages?limit=0",
  `/v1/conversations/direct:alice,bob/messages?limit=${LIMITS.historyEntries + 1}`,
  "/v1/conversations/direct:alice,bob/messages?before=1e3",
  "/v1/conversations/direct:alice,bob/messages?before[$gt]=1",
  "/v1/conversations/nonsense/messages",
  "/v1/conversations?after=x",
  "/v1/devices/x/timeline",
  "/v1/devices/..%2F..%2Fetc/timeline",
  "/v1/messages/alice:device-1:0/trace",
  "/v1/messages/nonsense/trace",
])("%s is refused before anybody is asked", async (path) => {
  const here = edge();
  const refusal = await refusalOf(await as(here, "alice", path));
  expect(refusal).toMatchObject({ status: 400, code: "bad-field" });
  expect(refusal.field).toBeTruthy();
  expect(here.touched).toEqual([]);
});

test("a trace is the sender's and the operator's; to others there is none", async () => {
  const sent = { user: "alice", device: "device-1", status: "acked" };
  const taken = { user: "bob", device: "bobs-phone", status: "pending" };
  const here = edge({}, (op) =>
    op.kind === "trace-part"
      ? { ok: true, value: [taken] }
      : {
          ok: true,
          value: {
            id: "alice:device-1:7",
            conversation: "direct:alice,bob",
            number: 3,
            recipients: ["bob"],
            devices: [sent],
          },
        },
  );
  const path = "/v1/messages/alice:device-1:7/trace";
  const stranger = await as(here, "carol", path);
  expect(await refusalOf(stranger)).toMatchObject({ status: 404, code: "not-found" });
  expect(here.touched).toEqual([]);
  const own = await (await as(here, "alice", path)).json();
  expect(own).toMatchObject({ devices: [sent, { ...taken, device: "device-1" }] });
  const headers = bearer(await tokenFor(here, "root", "operator"));
  const whole = await (await here.fetch(path, { headers })).json();
  expect(whole).toMatchObject({ devices: [sent, taken] });
});

test("an object's refusal keeps its code and gets a fitting status", async () => {
  const here = edge({}, () => ({ ok: false, code: "not-found" }));
  const refusal = await refusalOf(await as(here, "alice", "/v1/devices/device-9/timeline"));
  expect(refusal).toMatchObject({ status: 404, code: "not-found" });
});

test("a dying object is asked once more, an overloaded one is not", async () => {
  const reset = Object.assign(new Error("reset"), { durableObjectReset: true });
  const dying = edge({}, () => {
    if (dying.touched.length === 1) throw reset;
    return { ok: true, value: { here: true } };
  });
  expect(await (await as(dying, "alice", "/v1/devices")).json()).toEqual({ here: true });

  const overloaded = edge({}, () => {
    throw Object.assign(new Error("busy"), { overloaded: true, retryable: true });
  });
  const refusal = await refusalOf(await as(overloaded, "alice", "/v1/devices"));
  expect(refusal).toMatchObject({ status: 503, code: "busy" });
  expect(overloaded.touched).toHaveLength(1);
});

test("an error tells a code and an id, nothing of what happened", async () => {
  const here = edge({}, () => {
    throw new Error("no such table: entries at /worker/sql.ts:12 in object 4f3a9c");
  });
  const response = await as(here, "alice", "/v1/devices");
  const body = (await response.json()) as Record<string, unknown>;
  expect(Object.keys(body).sort()).toEqual(["error", "id"]);
  expect(JSON.stringify(body)).not.toMatch(/table|sql|4f3a9c|stack/i);
});

test.each([
  ["GET", "/v1"],
  ["GET", "/v1/"],
  ["GET", "/v1/unknown"],
  ["PUT", "/v1/limits"],
  ["POST", "/v1/devices"],
  ["GET", "/v1/tickets"],
  ["POST", "/v1/handOff"],
  ["POST", "/v1/append"],
  ["GET", "/do/get-prop/key"],
  ["GET", "/do/call/destroy"],
  ["GET", "/do/call/signingKey"],
  ["GET", "/v1/policy/do/call/signingKey"],
  ["GET", "/v1/../do/get-prop/overrides"],
])("%s %s leads nowhere", async (method, path) => {
  const here = edge(DEVELOPMENT);
  const headers = bearer(await tokenFor(here, "root", "operator"));
  const refusal = await refusalOf(await here.fetch(path, { method, headers }));
  expect(refusal).toMatchObject({ status: 404, code: "not-found" });
  expect(here.touched).toEqual([]);
});

test.each<[string, RequestInit, object]>([
  ["no JSON", json("POST", "{"), { status: 400, code: "bad-frame", rule: "json" }],
  ["a list", json("POST", "[]"), { status: 400, code: "bad-field" }],
  ["null", json("POST", "null"), { status: 400, code: "bad-field" }],
  ["an unknown field", json("POST", { user: "a", admin: true }), { status: 400, field: "admin" }],
  ["a wrong type", json("POST", { user: ["alice"] }), { status: 400, field: "user" }],
  ["a bad user id", json("POST", { user: "a b" }), { field: "user", rule: "user-id" }],
  ["an unknown role", json("POST", { user: "alice", role: "root" }), { field: "role" }],
  ["a form", { method: "POST", body: new URLSearchParams({ user: "a" }) }, { status: 400 }],
  ["text", { method: "POST", body: '{"user":"a"}' }, { status: 400, field: "content-type" }],
])("a body is refused: %s", async (_, init, expected) => {
  const here = edge(DEVELOPMENT);
  expect(await refusalOf(await here.fetch("/v1/dev/sign-in", init))).toMatchObject(expected);
  expect(here.touched).toEqual([]);
});

test("a body over 64 KiB is refused by its length, and by its stream when it hides that", async () => {
  const here = edge(DEVELOPMENT);
  const body = JSON.stringify({ user: "a".repeat(65_536) });
  const told = await here.fetch("/v1/dev/sign-in", {
    ...json("POST", body),
    headers: { "Content-Type": "application/json", "Content-Length": String(body.length) },
  });
  expect(await refusalOf(told)).toMatchObject({ status: 413, code: "too-big" });
  const stream = new Response(body).body;
  const hidden = await here.fetch("/v1/dev/sign-in", {
    method: "POST",
    body: stream,
    headers: { "Content-Type": "application/json" },
  });
  expect(await refusalOf(hidden)).toMatchObject({ status: 413, code: "too-big" });
  expect(here.touched).toEqual([]);
});

test("CORS: listed origins only, and never with credentials", async () => {
  const here = edge({ ALLOWED_ORIGINS: "https://app.example" });
  const ask = (Origin: string, method = "GET") =>
    here.fetch("/v1/limits", {
      method,
      headers: { Origin, "Access-Control-Request-Method": "PATCH" },
    });
  for (const method of ["GET", "OPTIONS"]) {
    const listed = await ask("https://app.example", method);
    expect(listed.headers.get("Access-Control-Allow-Origin")).toBe("https://app.example");
    expect(listed.headers.get("Access-Control-Allow-Credentials")).toBeNull();
    for (const origin of ["https://evil.example", "null", "https://app.example.evil.com"]) {
      const answer = await ask(origin, method);
      expect(answer.headers.get("Access-Control-Allow-Origin")).toBeNull();
      expect(answer.headers.get("Access-Control-Allow-Credentials")).toBeNull();
    }
  }
});

test("a page comes with a strict policy, from the assets alone", async () => {
  const page = new Response("<!doctype html>", { headers: { "Content-Type": "text/html" } });
  const asked: string[] = [];
  const ASSETS = {
    fetch: async (input: RequestInfo | URL) => {
      asked.push(new Request(input).url);
      return page;
    },
  };
  const response = await edge({ ASSETS }).fetch("/with/alice");
  expect(asked).toEqual(["https://chat.example/with/alice"]);
  const policy = response.headers.get("Content-Security-Policy");
  for (const rule of [
    "default-src 'self'",
    "script-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types holdfast",
  ]) {
    expect(policy).toContain(rule);
  }
  expect(policy).not.toContain("unsafe");
  expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
  expect(response.headers.get("Referrer-Policy")).toBe("no-referrer");
  expect(response.headers.get("Content-Type")).toBe("text/html");
});

test.each([
  ["/ops/trace?message=x", "text/html,*/*", 200, "console"],
  ["/with/alice", "text/html,*/*", 200, "chat"],
  ["/icon.svg", "image/*", 200, "icon"],
  ["/old-icon.svg", "image/*", 404, "not-found"],
])(
  "an address without a file opens its page, and a missing file is missing: %s",
  async (path, accept, status, body) => {
    const files = new Map([
      ["/", "chat"],
      ["/ops", "console"],
      ["/icon.svg", "icon"],
    ]);
    const ASSETS = {
      fetch: async (input: RequestInfo | URL) => {
        const file = files.get(new URL(new Request(input).url).pathname);
        return new Response(file ?? null, { status: file === undefined ? 404 : 200 });
      },
    };
    const response = await edge({ ASSETS }).fetch(path, { headers: { Accept: accept } });
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(body);
  },
);
