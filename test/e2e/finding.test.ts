/** Search, jumping and messages that expire, through the SDK on a real server and across its death. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { directConversation, HoldfastClient, memoryStore } from "../../client/index.ts";
import { changeSettings, signIn } from "../support/accounts.ts";
import { startServer, type TestServer } from "../support/server.ts";

const directory = mkdtempSync(join(tmpdir(), "holdfast-finding-"));
const open: HoldfastClient[] = [];
let server: TestServer;

beforeAll(async () => {
  server = await startServer({ persistTo: join(directory, "rows"), vars: { DEV_SIGN_IN: "on" } });
  await changeSettings(server.url, { rateBurst: 10_000, checkpointRows: 32, searchRows: 32 });
});

afterAll(async () => {
  await Promise.all(open.map((client) => client.close()));
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function device(user: string) {
  const token = () => signIn(server.url, user);
  const client = new HoldfastClient({ url: server.url, user, token, store: memoryStore() });
  open.push(client);
  await client.connect();
  return client;
}

function texts(client: HoldfastClient, conversation: string): string[] {
  const { messages } = client.messages(conversation).get();
  return messages.flatMap(({ content }) => (content.kind === "text" ? [content.text] : []));
}

async function sayAll(client: HoldfastClient, conversation: string, words: readonly string[]) {
  await Promise.all(words.map((text) => client.send(conversation, text).accepted));
}

test("what is found can be jumped to, and read on from there, after the server was killed", async () => {
  const [alice, bob] = [await device("alice"), await device("bob")];
  const talk = directConversation("alice", "bob");
  const fillers = (from: number) => Array.from({ length: 60 }, (_, index) => `m${from + index}`);
  await sayAll(alice, talk, fillers(1));
  const needle = await bob.send(talk, "我们明天在 Café Holdfast 见面").accepted;
  await sayAll(alice, talk, fillers(100));
  await server.killWorkerd();
  for (const query of ["明天", '"cafe holdfast"', "HOLDF"]) {
    const { hits } = await alice.search(query, { from: "bob" });
    expect(hits.map(({ message }) => message.number)).toEqual([needle.number]);
  }
  const [hit] = (await alice.search("见面")).hits;
  const content = hit?.message.content;
  const found = hit?.highlights.map(({ from, to }) =>
    content?.kind === "text" ? content.text.slice(from, to) : "",
  );
  expect(found).toEqual(["见面"]);
  // A device that has nothing yet.
  const fresh = await device("alice");
  const around = hit?.message.number ?? 0;
  const page = await fresh.history(talk, { around, limit: 5 });
  expect(page.messages.map(({ number }) => number)).toContain(around);
  expect(page).toMatchObject({ more: true, newer: true });
  const before = await fresh.history(talk, { before: page.from ?? 0, limit: 3 });
  const after = await fresh.history(talk, { after: page.to ?? 0, limit: 3 });
  expect(before.to).toBe((page.from ?? 0) - 1);
  expect(after.from).toBe((page.to ?? 0) + 1);
  await bob.recall(talk, around).accepted;
  expect((await alice.search("明天")).hits).toEqual([]);
  expect((await bob.search("明天")).hits).toEqual([]);
  await expect(alice.search("!!!")).rejects.toMatchObject({ code: "bad-field", field: "q" });
});

test("a message that expires is gone from both sides, their stores and the search", async () => {
  const [carol, dave] = [await device("carol"), await device("dave")];
  const talk = directConversation("carol", "dave");
  for (const client of [carol, dave]) client.messages(talk).subscribe(() => {});
  await carol.send(talk, "stays").accepted;
  await dave.setTtl(talk, 3).accepted;
  await carol.send(talk, "canary goes").accepted;
  await expect.poll(() => texts(dave, talk)).toEqual(["stays", "canary goes"]);
  expect((await dave.search("canary")).hits).toHaveLength(1);
  await expect.poll(() => carol.conversations.get()[0]?.ttlSeconds).toBe(3);
  for (const client of [carol, dave]) {
    await expect.poll(() => texts(client, talk), { timeout: 10_000 }).toEqual(["stays"]);
    expect((await client.search("canary")).hits).toEqual([]);
  }
  const late = await device("dave");
  late.messages(talk).subscribe(() => {});
  await expect.poll(() => texts(late, talk), { timeout: 10_000 }).toEqual(["stays"]);
});
