/** Groups with one log for all, through the real SDK and a real server. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HoldfastClient, memoryStore } from "../../client/index.ts";
import { changeSettings, signIn } from "../support/accounts.ts";
import { startServer, type TestServer } from "../support/server.ts";

const PATIENCE = { timeout: 30_000 };
const directory = mkdtempSync(join(tmpdir(), "holdfast-large-"));
const open: HoldfastClient[] = [];
let server: TestServer;

beforeAll(async () => {
  server = await startServer({ persistTo: join(directory, "rows"), vars: { DEV_SIGN_IN: "on" } });
  await changeSettings(server.url, { groupCopyMembers: 4, recipients: "any" });
});

afterAll(async () => {
  await Promise.all(open.map((client) => client.close()));
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function device(user: string, store = memoryStore()) {
  const token = () => signIn(server.url, user);
  const client = new HoldfastClient({ url: server.url, user, token, store });
  open.push(client);
  await client.connect();
  return client;
}

function texts(client: HoldfastClient, id: string): string[] {
  const { messages } = client.messages(id).get();
  return messages.flatMap(({ content }) => (content.kind === "text" ? [content.text] : []));
}

async function shows(client: HoldfastClient, id: string, wanted: readonly string[]) {
  const stop = client.messages(id).subscribe(() => {});
  try {
    await expect.poll(() => texts(client, id), PATIENCE).toEqual(wanted);
  } finally {
    stop();
  }
}

test("a group grows large and small again: everybody has the same, away or not", async () => {
  const names = ["ann", "bob", "cem", "dan", "eve"];
  const [ann, bob, cem] = await Promise.all(names.slice(0, 3).map((name) => device(name)));
  if (!ann || !bob || !cem) throw new Error("devices are missing");
  const { conversation: fair, handle } = ann.createGroup({
    title: "Fair",
    members: ["bob", "cem"],
    history: "start",
  });
  await handle.accepted;
  await ann.send(fair, "small").accepted;
  for (const client of [ann, bob, cem]) await shows(client, fair, ["small"]);

  await ann.addMembers(fair, names.slice(3)).accepted;
  const mode = (client: HoldfastClient) =>
    client.conversations.get().find(({ id }) => id === fair)?.group?.mode;
  for (const client of [ann, bob, cem])
    await expect.poll(() => mode(client), PATIENCE).toBe("large");
  await bob.send(fair, "large").accepted;
  await ann.send(fair, "to bob", { priority: "urgent" }).accepted;
  for (const client of [ann, bob, cem]) await shows(client, fair, ["small", "large", "to bob"]);

  // Whoever was away, or is new, finds all of it in the log.
  const dan = await device("dan");
  await shows(dan, fair, ["small", "large", "to bob"]);
  await dan.send(fair, "here I am").accepted;
  await bob.edit(fair, 5, "large, edited").accepted;
  const wanted = ["small", "large, edited", "to bob", "here I am"];
  for (const client of [ann, bob, cem, dan]) await shows(client, fair, wanted);
  const head = () => cem.conversations.get().find(({ id }) => id === fair)?.head ?? 0;
  await cem.markRead(fair, head());
  expect(cem.conversations.get().find(({ id }) => id === fair)?.unread).toBe(0);

  await ann.removeMembers(fair, ["dan", "eve"]).accepted;
  for (const client of [ann, bob, cem])
    await expect.poll(() => mode(client), PATIENCE).toBe("copy");
  for (const client of [ann, bob, cem]) client.messages(fair).subscribe(() => {});
  await cem.send(fair, "small again").accepted;
  for (const client of [ann, bob, cem]) {
    await expect.poll(() => texts(client, fair).at(-1), PATIENCE).toBe("small again");
    // The copy restarts at the switch: what was said before is a page of history.
    await client.history(fair, { limit: 50 });
    await shows(client, fair, [...wanted, "small again"]);
  }
  expect(texts(dan, fair)).not.toContain("small again");
}, 120_000);
