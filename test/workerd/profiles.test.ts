import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import type { Profile, ProfileDraft } from "../../protocol/profiles.ts";
import { forgetProfile } from "../../worker/directory.ts";
import { evict } from "./objects.ts";
import { api, freshPolicy, newUser } from "./support.ts";

beforeAll(() => freshPolicy());

function put(user: string, profile: object): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return api("/v1/profile", user, { method: "PUT", body: JSON.stringify(profile), headers });
}

async function named(name: string, draft: ProfileDraft): Promise<string> {
  const user = newUser(name);
  const response = await put(user, draft);
  if (!response.ok) throw new Error(await response.text());
  return user;
}

async function found(asker: string, query: string): Promise<readonly Profile[]> {
  const response = await api(`/v1/profiles?${query}`, asker);
  if (!response.ok) throw new Error(await response.text());
  return ((await response.json()) as { profiles: Profile[] }).profiles;
}

function newHandle(text: string): string {
  return `${text}.${crypto.randomUUID().slice(0, 8)}`;
}

async function refusalOf(response: Promise<Response>) {
  const { status, headers } = await response;
  const { error } = (await (await response).json()) as { error: object };
  return { status, error, retryAfter: headers.get("retry-after") };
}

describe("a profile", () => {
  test("is what its user said last, all of it", async () => {
    const handle = newHandle("ada");
    const user = await named("ada", { handle, name: "Ada", listed: true });
    const read = async () => (await api("/v1/profile", user)).json();
    expect(await read()).toEqual({ user, handle, name: "Ada", listed: true });
    await put(user, { name: "Ada L." });
    expect(await read()).toEqual({ user, name: "Ada L.", listed: false });
    expect(await (await api("/v1/profile", newUser("none"))).json()).toMatchObject({
      listed: false,
    });
  });

  test("has a handle that nobody else has, and that is free again when it is given up", async () => {
    const handle = newHandle("ada");
    const first = await named("first", { handle });
    const second = newUser("second");
    expect(await refusalOf(put(second, { handle }))).toMatchObject({
      status: 409,
      error: { code: "conflict", field: "handle" },
    });
    expect((await put(first, { handle })).status).toBe(200);
    await put(first, {});
    expect((await put(second, { handle })).status).toBe(200);
  });

  test.each([
    [{ handle: "ab" }, "handle"],
    [{ handle: "Upper" }, "handle"],
    [{ handle: "a".repeat(33) }, "handle"],
    [{ handle: ".dots." }, "handle"],
    [{ name: "é".repeat(129) }, "name"],
    [{ name: ["x"] }, "name"],
    [{ listed: "yes" }, "listed"],
    [{ user: "somebody.else" }, "user"],
    [{ gone: true }, "gone"],
  ])("R14 %j is refused", async (profile, field) => {
    expect(await refusalOf(put(newUser("bad"), profile))).toMatchObject({
      status: 400,
      error: { code: "bad-field", field },
    });
  });

  test("of a deleted account is gone, and is not written again", async () => {
    const handle = newHandle("ada");
    const user = await named("ada", { handle, name: "Ada", listed: true });
    await forgetProfile(env.DIRECTORY, user, Date.now());
    const asker = newUser("bob");
    expect(await found(asker, `handle=${handle}`)).toEqual([]);
    expect(await found(asker, `prefix=${handle}`)).toEqual([]);
    expect(await found(asker, `users=${user}`)).toEqual([]);
    expect((await put(user, { name: "back" })).status).toBe(410);
    expect((await api("/v1/profile", user)).status).toBe(410);
  });
});

describe("a lookup", () => {
  test("finds by the whole handle, however it is written, and by users' names", async () => {
    const handle = newHandle("grace");
    const user = await named("grace", { handle, name: "Grace" });
    const profile = { user, handle, name: "Grace" };
    expect(await found(newUser("bob"), `handle=${handle.toUpperCase()}`)).toEqual([profile]);
    expect(await found(newUser("bob"), `users=nobody,${user}`)).toEqual([profile]);
    expect(await found(newUser("bob"), "handle=nobody.at.all")).toEqual([]);
  });

  test("finds by the beginning only who wants that, in the order of their handles", async () => {
    const start = newHandle("team").replace("team.", "t");
    const handles = ["b", "a", "c"].map((end) => `${start}.${end}`);
    for (const handle of handles) await named("member", { handle, listed: true });
    await named("hidden", { handle: `${start}.hidden` });
    const hits = await found(newUser("bob"), `prefix=${start}`);
    expect(hits.map(({ handle }) => handle)).toEqual([...handles].sort());
    expect(await found(newUser("bob"), "prefix=%25%25%25")).toEqual([]);
    expect(await found(newUser("bob"), "prefix=___")).toEqual([]);
  });

  test.each(["", "handle=x&prefix=xyz", "prefix=xy", "users=a%20b", `users=${"a,".repeat(60)}a`])(
    "R14 ?%s is refused",
    async (query) => {
      expect(await refusalOf(api(`/v1/profiles?${query}`, newUser("bad")))).toMatchObject({
        status: 400,
        error: { code: "bad-field" },
      });
    },
  );

  test("R14 whoever looks for names by the hundred is slowed down, also after sleep", async () => {
    const user = newUser("hunter");
    const ask = (query = "handle=nobody") => api(`/v1/profiles?${query}`, user);
    const names = Array.from({ length: 50 }, (_, i) => `user${i}`).join(",");
    expect((await ask(`users=${names}`)).status).toBe(200);
    const refused = await refusalOf(ask());
    expect(refused).toMatchObject({ status: 429, error: { code: "rate" } });
    expect(Number(refused.retryAfter)).toBeGreaterThan(0);
    expect((await put(user, { name: "x" })).status).toBe(429);
    await evict(user);
    let answered = 0;
    while ((await ask()).status === 200) answered += 1;
    expect(answered).toBeLessThan(10);
  });

  test("R14 without a token there is no directory", async () => {
    for (const path of ["/v1/profile", "/v1/profiles?handle=abc"]) {
      const { exports } = await import("cloudflare:workers");
      const response = await exports.default.fetch(new Request(`https://chat.example${path}`));
      expect(response.status).toBe(401);
    }
  });
});
