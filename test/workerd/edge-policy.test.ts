import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { proxyDurable } from "itty-durable";
import { expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import { currentSettings, knownSettings } from "../../worker/policy.ts";
import {
  bearer,
  brokenPolicy,
  type Edge,
  edge,
  json,
  policyOfAnotherIsolate,
  refusalOf,
  tokenFor,
} from "./fixtures/edge.ts";

async function operator(here: Edge, user = "root") {
  return bearer(await tokenFor(here, user, "operator"));
}

async function patch(here: Edge, body: unknown, user = "root") {
  return here.fetch("/v1/policy", json("PATCH", body, await operator(here, user)));
}

test("a change takes effect without a restart, here at once and elsewhere in 5 s", async () => {
  const here = edge();
  const elsewhere = edge({ POLICY: policyOfAnotherIsolate() });
  const now = Date.now();
  expect((await currentSettings(elsewhere.env, now)).windowEntries).toBe(64);

  const changed = await patch(here, { windowEntries: 7 });
  expect(await changed.json()).toMatchObject({ settings: { windowEntries: 7, pageBytes: 65_536 } });
  const limits = await here.fetch("/v1/limits");
  expect(await limits.json()).toMatchObject({ settings: { windowEntries: 7 } });

  expect((await currentSettings(elsewhere.env, now + 4_999)).windowEntries).toBe(64);
  expect(knownSettings(elsewhere.env).windowEntries).toBe(64);
  expect((await currentSettings(elsewhere.env, now + 5_000)).windowEntries).toBe(7);
  expect(knownSettings(elsewhere.env).windowEntries).toBe(7);
});

test("changes add up, outlive the object's memory, and keep names beyond ASCII", async () => {
  const here = edge();
  const { retry } = DEFAULT_SETTINGS;
  const strategies = { ...retry.strategies, "Ångström-手机": { kind: "fixed", delayMs: 5 } };
  await patch(here, { retry: { ...retry, strategies } });
  await patch(here, { flushEntries: 3 });
  await evictDurableObject(env.POLICY.get(env.POLICY.idFromName("policy")));
  const fresh = edge({ POLICY: policyOfAnotherIsolate() });
  const settings = await currentSettings(fresh.env, Date.now());
  expect(settings.flushEntries).toBe(3);
  expect(settings.retry.strategies).toEqual(strategies);
  const response = await fresh.fetch("/v1/policy", { headers: await operator(fresh) });
  expect(await response.json()).toMatchObject({ settings, overrides: { flushEntries: 3 } });
});

test("while one caller asks again, the others don't", async () => {
  let calls = 0;
  const real = policyOfAnotherIsolate() as { get(id: DurableObjectId): { fetch: typeof fetch } };
  const get = real.get;
  real.get = (id) => {
    const stub = get(id);
    return {
      fetch: (request) => {
        calls += 1;
        return stub.fetch(request as Request);
      },
    };
  };
  const here = edge({ POLICY: real });
  const now = Date.now();
  await currentSettings(here.env, now);
  const later = Array.from({ length: 20 }, (_, i) => currentSettings(here.env, now + 5_000 + i));
  expect(new Set((await Promise.all(later)).map(({ pageBytes }) => pageBytes)).size).toBe(1);
  expect(calls).toBe(2);
});

test("the last 20 changes are kept, newest first, with who made them", async () => {
  const here = edge();
  for (let n = 1; n <= 22; n += 1) await patch(here, { checkpointRows: n }, `op-${n}`);
  const response = await here.fetch("/v1/policy/history", { headers: await operator(here) });
  const { history } = (await response.json()) as {
    history: { at: number; by: string; patch: object }[];
  };
  expect(history).toHaveLength(20);
  expect(history[0]).toMatchObject({ by: "op-22", patch: { checkpointRows: 22 } });
  expect(history.at(-1)).toMatchObject({ by: "op-3" });
  expect(history[0]?.at).toBeGreaterThan(Date.now() - 60_000);
});

test.each<[string, unknown, string]>([
  ["an unknown setting", { windowEntrys: 1 }, "windowEntrys"],
  ["a value out of bounds", { windowEntries: 0 }, "windowEntries"],
  ["a string for a number", { pageBytes: "1024" }, "pageBytes"],
  ["a fraction", { flushEntries: 1.5 }, "flushEntries"],
  ["an object for a string", { minAckVersion: { $ne: "" } }, "minAckVersion"],
  ["half a retry policy", { retry: { maxAttempts: 3 } }, "retry.strategies"],
  ["too many delays", { handOffDelaysMs: Array(33).fill(1) }, "handOffDelaysMs"],
  ["__proto__", '{"__proto__":{"admin":true}}', "__proto__"],
  ["__proto__ with a good field", '{"pageBytes":300,"__proto__":{"x":1}}', "__proto__"],
  ["constructor.prototype", '{"constructor":{"prototype":{"admin":true}}}', "constructor"],
  [
    "__proto__ among the strategies",
    `{"retry":{"maxAttempts":1,"ttlMs":1000,"jitter":0,"strategies":{"default":
      {"kind":"fixed","delayMs":1},"__proto__":{"kind":"fixed","delayMs":1}}}}`,
    "__proto__",
  ],
])("PATCH refuses %s and changes nothing", async (_, body, field) => {
  const here = edge();
  const before = await currentSettings(here.env, Date.now());
  expect(await refusalOf(await patch(here, body))).toMatchObject({
    status: 400,
    code: "bad-field",
    field,
  });
  const fresh = edge({ POLICY: policyOfAnotherIsolate() });
  expect(await currentSettings(fresh.env, Date.now())).toEqual(before);
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
});

test.each(["/v1/policy", "/v1/policy/history", "/v1/stats", "/metrics"])(
  "%s is the operator's",
  async (path) => {
    const here = edge();
    expect((await here.fetch(path)).status).toBe(401);
    const headers = bearer(await tokenFor(here, "alice"));
    expect((await here.fetch(path, { headers })).status).toBe(403);
    expect((await here.fetch(path, { headers: await operator(here) })).status).toBe(200);
  },
);

test("only an operator changes the policy", async () => {
  const here = edge();
  const headers = bearer(await tokenFor(here, "alice"));
  const response = await here.fetch("/v1/policy", json("PATCH", { pageBytes: 300 }, headers));
  expect(await refusalOf(response)).toMatchObject({ status: 403, code: "not-allowed" });
});

test("F38 a policy object that is down or silent costs nobody more than defaults", async () => {
  for (const fault of ["down", "silent"] as const) {
    const broken = edge({ POLICY: brokenPolicy(fault), AUTH_SECRET: "x".repeat(32) });
    expect(await currentSettings(broken.env, Date.now())).toEqual(DEFAULT_SETTINGS);
    expect((await broken.fetch("/v1/limits")).status).toBe(200);
    const token = await tokenFor(broken, "alice");
    expect((await broken.fetch("/v1/devices", { headers: bearer(token) })).status).toBe(200);
  }
});

test("F38 what was last heard stays in force while the object is down", async () => {
  const real = policyOfAnotherIsolate() as { get: unknown };
  const here = edge({ POLICY: real });
  const now = Date.now();
  await patch(here, { windowEntries: 9 });
  real.get = () => ({ fetch: () => Promise.reject(new Error("down")) });
  expect((await currentSettings(here.env, now + 60_000)).windowEntries).toBe(9);
});

test("the settings can't be wiped by name", async () => {
  const stub = proxyDurable(env.POLICY, { parse: true }).get("policy") as {
    destroy(): Promise<void>;
    reset(): Promise<void>;
    read(): Promise<{ overrides: object }>;
  };
  const before = await stub.read();
  await expect(stub.destroy()).rejects.toThrow("can't be destroyed");
  await expect(stub.reset()).rejects.toThrow("can't be reset");
  expect(await stub.read()).toEqual(before);
});
