/** What nobody may learn or keep: of whom one keeps out, and of an account that is deleted. */
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { directConversation } from "../../protocol/names.ts";
import { changeSettings, signIn } from "../support/accounts.ts";
import type { RawClient } from "../support/raw-client.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { openSession } from "../support/session.ts";

const WAIT = { timeout: 15_000, interval: 20 };
const CANARY = "canary-8f1c2d7e";

let server: TestServer;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "holdfast-people-"));
  server = await startServer({ persistTo: directory, vars: { DEV_SIGN_IN: "on" } });
  await changeSettings(server.url, { recipients: "any", safetyAlarmMs: 200 });
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

async function api(user: string, path: string, init: RequestInit = {}): Promise<Response> {
  const authorization = `Bearer ${await tokenOf(user)}`;
  const headers = { authorization, "content-type": "application/json" };
  return fetch(`${server.url}${path}`, { ...init, headers });
}

const tokens = new Map<string, string>();

/** A token that was given before the account ended is what whoever has it goes on with. */
async function tokenOf(user: string): Promise<string> {
  const token = tokens.get(user) ?? (await signIn(server.url, user));
  tokens.set(user, token);
  return token;
}

async function say(client: RawClient, from: string, to: string, counter: number, text: string) {
  const conversation = directConversation(from, to);
  const body = { kind: "text", text };
  const prev = counter - 1;
  client.send({ t: "submit", items: [{ conversation, counter, prev, body }] });
  return client.next("accepted");
}

/** Databases of objects whose bytes, or those of their journals, hold the canary. */
function databasesWithCanary(): string[] {
  const found = new Set<string>();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    if (readFileSync(file).includes(CANARY)) found.add(file.replace(/(-wal|-shm|-journal)$/, ""));
  }
  return [...found];
}

test("R23 no byte of a deleted account's content is left in its object's file", async () => {
  const [alice, bob] = ["leaver-alice", "leaver-bob"];
  const a = await openSession(server.url, alice, "alice-device");
  const b = await openSession(server.url, bob, "bob-device");
  await say(a, alice, alice, 1, `${CANARY} to myself`);
  expect(databasesWithCanary()).toHaveLength(1);
  await tokenOf(alice);
  expect((await api(alice, "/v1/account", { method: "DELETE" })).status).toBe(200);
  expect(await a.expectClose()).toMatchObject({ code: 4410 });
  await expect.poll(databasesWithCanary, WAIT).toEqual([]);
  expect((await api(alice, "/v1/devices")).status).toBe(410);
  const again = await fetch(`${server.url}/v1/dev/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user: alice }),
  });
  expect(again.status).toBe(410);
  b.terminate();
});

test("R23 it stays so when the server is killed at once, and after it has come back", async () => {
  const [alice, bob] = ["killed-alice", "killed-bob"];
  const a = await openSession(server.url, alice, "alice-device");
  const b = await openSession(server.url, bob, "bob-device");
  await say(a, alice, bob, 1, `${CANARY} to bob`);
  await expect.poll(databasesWithCanary, WAIT).toHaveLength(2);
  await tokenOf(alice);
  await api(alice, "/v1/account", { method: "DELETE" });
  await server.killWorkerd();
  await expect.poll(databasesWithCanary, WAIT).toHaveLength(1);
  const conversation = directConversation(alice, bob);
  const told = async () => {
    const { conversations } = (await (await api(bob, "/v1/conversations")).json()) as {
      conversations: { conversation: string; gone?: boolean }[];
    };
    return conversations.find((one) => one.conversation === conversation)?.gone;
  };
  await expect.poll(told, WAIT).toBe(true);
  expect((await api(alice, "/v1/devices")).status).toBe(410);
  b.terminate();
});

test("R16 whoever is kept out gets the frames that everybody gets", async () => {
  const [alice, bob, carol] = ["kept-alice", "kept-bob", "kept-carol"];
  const a = await openSession(server.url, alice, "alice-device");
  const others = await Promise.all(
    [bob, carol].map((user) => openSession(server.url, user, `${user}-device`)),
  );
  const [b] = others;
  b?.send({ t: "block", ref: "x", user: alice, on: true });
  await b?.next("done");
  const heard: string[][] = [];
  for (const [index, user] of [bob, carol].entries()) {
    const conversation = directConversation(alice, user);
    const body = { kind: "text", text: "hello" };
    const item = { conversation, counter: index + 1, prev: 0, body };
    a.send({ t: "submit", items: [item] });
    const accepted = await a.next("accepted");
    heard.push([JSON.stringify(accepted).replace(/"at":\d+|"counter":\d+|kept-\w+/g, "")]);
  }
  expect(heard[0]).toEqual(heard[1]);
  for (const client of [a, ...others]) client.terminate();
});
