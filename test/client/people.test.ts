/** Other people, as the SDK shows them: kept out, asking, there, typing, gone. */
import { describe, expect, test } from "vitest";
import { HoldfastError } from "../../client/errors.ts";
import type { Http } from "../../client/ports.ts";
import { FakeClock } from "../support/client/fake-clock.ts";
import { FakeTabs } from "../support/client/fake-platform.ts";
import { FakeServer } from "../support/client/fake-server.ts";
import { GROUP } from "../support/client/group-talk.ts";
import { lab, OTHER_TALK, TALK } from "../support/client/lab.ts";

type Parts = Awaited<ReturnType<ReturnType<typeof lab>["started"]>>;

function framesOf({ server }: Pick<Parts, "server">, t: string) {
  return server.frames.filter((frame) => frame.t === t);
}

function conversation({ client }: Pick<Parts, "client">, id = TALK) {
  return client.conversations.get().find((one) => one.id === id);
}

describe("who is kept out", () => {
  test("R16 a block is told to the server, comes back by the feed and outlives a restart", async () => {
    const parts = await lab().started();
    const { client, clock, make } = parts;
    const seen: (readonly string[])[] = [];
    client.blocked.subscribe(() => seen.push(client.blocked.get()));
    const asked = client.block("mallory");
    await clock.advance(100);
    await asked;
    expect(framesOf(parts, "block")).toMatchObject([{ user: "mallory", on: true }]);
    expect(client.blocked.get()).toEqual(["mallory"]);
    expect(seen.at(-1)).toEqual(["mallory"]);
    expect(client.conversations.get()).toEqual([]);
    await client.close();
    const again = make();
    await again.connect();
    await clock.advance(100);
    expect(again.blocked.get()).toEqual(["mallory"]);
    const taken = again.block("mallory", false);
    await clock.advance(100);
    await taken;
    expect(again.blocked.get()).toEqual([]);
  });

  test("R16 blocks without a connection are shown, outlive a restart and are told then, each once", async () => {
    const parts = await lab().started();
    const { client, clock, server, make } = parts;
    server.unreachable = true;
    server.cut();
    await client.block("mallory");
    await client.block("trudy");
    await client.block("eve");
    await client.block("trudy", false);
    expect(client.blocked.get()).toEqual(["eve", "mallory"]);
    await client.close();
    server.unreachable = false;
    const again = make();
    await again.connect();
    expect(again.blocked.get()).toEqual(["eve", "mallory"]);
    await clock.advance(5_000);
    const told = [
      { user: "mallory", on: true },
      { user: "eve", on: true },
      // Nobody knows whether the server has heard of it.
      { user: "trudy", on: false },
    ];
    expect(framesOf(parts, "block")).toMatchObject(told);
    await clock.advance(60_000);
    expect(framesOf(parts, "block")).toHaveLength(told.length);
    expect(again.blocked.get()).toEqual(["eve", "mallory"]);
    // Another device lets one of them in: the wish of before is over, and does not come again.
    server.note("direct:alice,alice", { kind: "blocked", user: "eve", on: false });
    await clock.advance(5_000);
    server.cut();
    await clock.advance(60_000);
    expect(again.blocked.get()).toEqual(["mallory"]);
    expect(framesOf(parts, "block")).toHaveLength(told.length);
  });

  test("R14 who can't be kept out is refused here", async () => {
    const { client } = await lab().started();
    for (const user of ["alice", "no name"]) {
      await expect(client.block(user)).rejects.toMatchObject({ code: "bad-field", field: "user" });
    }
  });

  test("a stub is neither shown nor counted", async () => {
    const parts = await lab().started();
    const { client, clock, server } = parts;
    server.text(TALK, "hello");
    server.arrive(TALK, { kind: "withheld" });
    await clock.advance(100);
    expect(conversation(parts)).toMatchObject({ unread: 1, head: 2, last: { number: 1 } });
    client.messages(TALK).subscribe(() => {});
    await clock.advance(10);
    expect(client.messages(TALK).get().messages).toHaveLength(1);
  });
});

describe("requests", () => {
  test("R16 a stranger's words wait for an answer, which all devices see", async () => {
    const parts = await lab().started();
    const { client, clock, server } = parts;
    server.note(TALK, { kind: "request", state: "pending" });
    server.text(TALK, "you don't know me");
    await clock.advance(100);
    expect(conversation(parts)).toMatchObject({ request: "pending", unread: 1 });
    const declined = client.answerRequest(TALK, false);
    await clock.advance(100);
    await declined;
    expect(conversation(parts)?.request).toBe("declined");
    const accepted = client.answerRequest(TALK, true);
    await clock.advance(100);
    await accepted;
    expect(conversation(parts)?.request).toBe("accepted");
  });

  test("R16 an answer without a connection is shown, outlives a restart and is told then", async () => {
    const parts = await lab().started();
    const { client, clock, server, make } = parts;
    server.note(TALK, { kind: "request", state: "pending" });
    server.text(TALK, "you don't know me");
    await clock.advance(1_000);
    server.unreachable = true;
    server.cut();
    await client.answerRequest(TALK, true);
    expect(conversation(parts)?.request).toBe("accepted");
    expect(framesOf(parts, "answer-request")).toEqual([]);
    await client.close();
    server.unreachable = false;
    const again = make();
    await again.connect();
    expect(conversation({ client: again })?.request).toBe("accepted");
    await clock.advance(5_000);
    expect(framesOf(parts, "answer-request")).toMatchObject([{ conversation: TALK, accept: true }]);
    await clock.advance(60_000);
    expect(framesOf(parts, "answer-request")).toHaveLength(1);
    await expect(again.answerRequest(TALK, false)).rejects.toMatchObject({ code: "not-allowed" });
    await expect(again.answerRequest(OTHER_TALK, true)).rejects.toMatchObject({
      code: "not-found",
    });
  });

  test("R16 writing back accepts, and a conversation without a stranger was never asked", async () => {
    const parts = await lab().started();
    const { client, clock, server } = parts;
    server.note(TALK, { kind: "request", state: "pending" });
    server.text(TALK, "hello?");
    server.text(OTHER_TALK, "as ever");
    await clock.advance(100);
    client.send(TALK, "hello!");
    await clock.advance(100);
    expect(conversation(parts)?.request).toBe("accepted");
    expect(conversation(parts, OTHER_TALK)).toMatchObject({ request: undefined, gone: false });
  });
});

test("R23 a conversation whose other side is gone says so, and keeps what it has", async () => {
  const parts = await lab().started();
  const { clock, server } = parts;
  server.text(TALK, "good bye");
  server.note(TALK, { kind: "gone", user: "bob" });
  await clock.advance(100);
  expect(conversation(parts)).toMatchObject({ gone: true, head: 1, last: { number: 1 } });
});

describe("who is there", () => {
  test("R22 looking is said at once, again within the lease, after a reconnect, and not after its end", async () => {
    const parts = await lab().started();
    const { client, clock, server } = parts;
    const stop = client.watchPresence(["bob"]);
    const stopToo = client.watchPresence(["bob", "carol"]);
    await clock.advance(10);
    expect(framesOf(parts, "watch").at(-1)).toEqual({ t: "watch", users: ["bob", "carol"] });
    const before = framesOf(parts, "watch").length;
    await clock.advance(60_000);
    expect(framesOf(parts, "watch").length).toBeGreaterThan(before);
    stopToo();
    await clock.advance(10);
    expect(framesOf(parts, "watch").at(-1)).toEqual({ t: "watch", users: ["bob"] });
    server.frames.length = 0;
    server.cut();
    await clock.advance(20_000);
    expect(framesOf(parts, "watch").at(0)).toEqual({ t: "watch", users: ["bob"] });
    stop();
    await clock.advance(10);
    expect(framesOf(parts, "watch").at(-1)).toEqual({ t: "watch", users: [] });
    server.frames.length = 0;
    await clock.advance(300_000);
    expect(framesOf(parts, "watch")).toEqual([]);
  });

  test("R22 what the server tells is shown while somebody looks", async () => {
    const { client, clock, server } = await lab().started();
    const presence = client.presence("bob");
    expect(presence.get()).toBeUndefined();
    const stop = client.watchPresence(["bob"]);
    server.send({ t: "presence", users: [{ user: "bob", online: false, lastSeenAt: 5 }] });
    server.send({ t: "presence", users: [{ user: "carol", online: true }] });
    await clock.advance(10);
    expect(presence.get()).toEqual({ user: "bob", online: false, lastSeenAt: 5 });
    expect(client.presence("carol").get()).toBeUndefined();
    expect(client.presence("bob")).toBe(presence);
    stop();
    expect(presence.get()).toBeUndefined();
  });

  test("R22 a page that nobody sees looks at nobody", async () => {
    const parts = await lab({ kind: "page" }).started();
    const { client, clock, platform } = parts;
    client.watchPresence(["bob"]);
    await clock.advance(10);
    platform.live("hidden");
    await clock.advance(10);
    expect(framesOf(parts, "watch").at(-1)).toEqual({ t: "watch", users: [] });
    platform.live("visible");
    await clock.advance(10);
    expect(framesOf(parts, "watch").at(-1)).toEqual({ t: "watch", users: ["bob"] });
  });

  test("R22 a tab that follows looks through the one that leads", async () => {
    const clock = new FakeClock();
    const server = new FakeServer("alice", () => clock.now());
    const tabs = new FakeTabs();
    const open = (name: string) => {
      const parts = lab({ kind: "page", tabs: tabs.tab(() => false), server, clock });
      let ids = 0;
      parts.platform.random.id = () => {
        ids += 1;
        return `${name}${String(ids).padStart(20, "0")}`;
      };
      return parts;
    };
    const [first, second] = [open("a"), open("b")];
    await first.client.connect();
    await clock.advance(100);
    await second.client.connect();
    await clock.advance(100);
    first.client.watchPresence(["bob"]);
    second.client.watchPresence(["carol"]);
    await clock.advance(100);
    expect(framesOf({ server }, "watch").at(-1)).toEqual({ t: "watch", users: ["bob", "carol"] });
    server.send({ t: "presence", users: [{ user: "carol", online: true }] });
    await clock.advance(100);
    expect(second.client.presence("carol").get()).toMatchObject({ online: true });
    expect(first.client.presence("carol").get()).toBeUndefined();
  });
});

describe("who types", () => {
  test("R22 at each key is told now and then, and its end once", async () => {
    const parts = await lab().started();
    const { client, clock } = parts;
    client.typing(TALK, false);
    for (let key = 0; key < 10; key += 1) {
      client.typing(TALK);
      await clock.advance(500);
    }
    client.typing(TALK, false);
    client.typing(TALK, false);
    await clock.advance(10);
    const told = framesOf(parts, "typing").map((frame) => "on" in frame && frame.on);
    expect(told).toEqual([true, true, false]);
  });

  test("R22 the first key after a message is told, however soon it comes", async () => {
    const parts = await lab().started();
    const { client, clock } = parts;
    client.typing(TALK);
    client.send(TALK, "hello");
    client.typing(TALK);
    await clock.advance(10);
    expect(framesOf(parts, "typing")).toHaveLength(2);
  });

  test("R22 others are shown until they stop, say it, or are not heard of any more", async () => {
    const { client, clock, server } = await lab().started();
    const typists = client.typists(TALK);
    const types = (on: boolean) =>
      server.send({ t: "typing", conversation: TALK, user: "bob", on });
    types(true);
    await clock.advance(10);
    expect(typists.get()).toEqual(["bob"]);
    expect(typists.get()).toBe(typists.get());
    types(false);
    await clock.advance(10);
    expect(typists.get()).toEqual([]);
    types(true);
    server.text(TALK, "said");
    await clock.advance(100);
    expect(typists.get()).toEqual([]);
    types(true);
    await clock.advance(5_000);
    types(true);
    await clock.advance(5_000);
    expect(typists.get()).toEqual(["bob"]);
    await clock.advance(1_100);
    expect(typists.get()).toEqual([]);
  });

  test("R22 looking at a group is said with whom else it looks at, for all tabs, and ends", async () => {
    const parts = await lab().started();
    const { client, clock, server } = parts;
    const last = () => framesOf(parts, "watch").at(-1);
    const stop = client.watchTyping(GROUP);
    const stopToo = client.watchTyping(TALK);
    await clock.advance(10);
    expect(last()).toEqual({ t: "watch", users: ["bob"], groups: [GROUP] });
    client.typing(GROUP);
    await clock.advance(10);
    expect(framesOf(parts, "typing")).toEqual([{ t: "typing", conversation: GROUP, on: true }]);
    for (const user of ["bob", "carol"]) {
      server.send({ t: "typing", conversation: GROUP, user, on: true });
    }
    await clock.advance(10);
    expect(client.typists(GROUP).get()).toEqual(["bob", "carol"]);
    stopToo();
    await clock.advance(10);
    expect(last()).toEqual({ t: "watch", users: [], groups: [GROUP] });
    server.frames.length = 0;
    server.cut();
    await clock.advance(20_000);
    expect(framesOf(parts, "watch").at(0)).toEqual({ t: "watch", users: [], groups: [GROUP] });
    stop();
    await clock.advance(10);
    expect(last()).toEqual({ t: "watch", users: [] });
    server.frames.length = 0;
    await clock.advance(300_000);
    expect(framesOf(parts, "watch")).toEqual([]);
  });

  test("after close nothing is left, and whoever stops looking opens nothing again", async () => {
    const { client, clock, server } = await lab().started();
    const stop = client.watchPresence(["bob"]);
    server.send({ t: "typing", conversation: TALK, user: "bob", on: true });
    await clock.advance(10);
    await client.close();
    stop();
    await clock.advance(10);
    expect(clock.pending).toBe(0);
  });
});

describe("over HTTP", () => {
  interface Asked {
    readonly method: string;
    readonly path: string;
    readonly body?: unknown;
  }

  async function served(answers: Record<string, { status?: number; body: unknown }>) {
    const parts = await lab().started();
    const asked: Asked[] = [];
    const answer = (method: string, url: string, body?: unknown) => {
      const path = url.replace("https://chat.test", "");
      asked.push({ method, path, ...(body === undefined ? {} : { body }) });
      const { status = 200, body: told } = answers[`${method} ${path}`] ?? { body: {} };
      return { response: Promise.resolve({ status, body: told }), cancel: () => {} };
    };
    parts.server.get = ((url) => answer("GET", url)) satisfies Http["get"];
    parts.server.put = ((url, _, body) => answer("PUT", url, body)) satisfies Http["put"];
    parts.server.delete = ((url) => answer("DELETE", url)) satisfies Http["delete"];
    return { ...parts, asked };
  }

  test("preferences, profiles and the end of an account", async () => {
    const preferences = { readReceipts: true, writers: "contacts", presence: "nobody" };
    const own = { user: "alice", handle: "ada", listed: true };
    const bob = { user: "bob", name: "Bob" };
    const { client, asked } = await served({
      "GET /v1/preferences": { body: preferences },
      "PUT /v1/preferences": { body: preferences },
      "GET /v1/profile": { body: own },
      "PUT /v1/profile": { body: own },
      "GET /v1/profiles?users=bob%2Ccarol": { body: { profiles: [bob] } },
      "GET /v1/profiles?prefix=bo": { body: { profiles: [] } },
    });
    expect(await client.preferences()).toEqual(preferences);
    expect(await client.setPreferences({ writers: "contacts" })).toEqual(preferences);
    expect(await client.profile()).toEqual(own);
    expect(await client.setProfile({ handle: "ada", listed: true })).toEqual(own);
    expect(await client.lookup({ users: ["bob", "carol"] })).toEqual([bob]);
    expect(await client.lookup({ prefix: "bo" })).toEqual([]);
    await client.deleteAccount();
    expect(asked.filter(({ method }) => method !== "GET")).toEqual([
      { method: "PUT", path: "/v1/preferences", body: { writers: "contacts" } },
      { method: "PUT", path: "/v1/profile", body: { handle: "ada", listed: true } },
      { method: "DELETE", path: "/v1/account" },
    ]);
  });

  test("what the server refuses, or answers wrongly, is an error with a code", async () => {
    const { client } = await served({
      "PUT /v1/profile": { status: 409, body: { error: { code: "conflict", field: "handle" } } },
      "GET /v1/profile": { body: "what" },
    });
    const taken = client.setProfile({ handle: "ada" });
    await expect(taken).rejects.toMatchObject({ code: "conflict", field: "handle" });
    await expect(client.profile()).rejects.toBeInstanceOf(HoldfastError);
  });
});
