/** People and the real SDK against the real server: kept out, asking, there, typing, found, gone. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { directConversation, HoldfastClient, memoryStore } from "../../client/index.ts";
import { changeSettings, signIn } from "../support/accounts.ts";
import { startServer, type TestServer } from "../support/server.ts";

const WAIT = { timeout: 20_000 };
const directory = mkdtempSync(join(tmpdir(), "holdfast-people-"));
const open: HoldfastClient[] = [];
let server: TestServer;

beforeAll(async () => {
  server = await startServer({ persistTo: join(directory, "rows"), vars: { DEV_SIGN_IN: "on" } });
  await changeSettings(server.url, { safetyAlarmMs: 200 });
});

afterAll(async () => {
  await Promise.all(open.map((client) => client.close()));
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function device(user: string): Promise<HoldfastClient> {
  const given = await signIn(server.url, user);
  const token = async () => given;
  const client = new HoldfastClient({ url: server.url, user, token, store: memoryStore() });
  open.push(client);
  await client.connect();
  return client;
}

function stateOf(client: HoldfastClient, id: string) {
  return client.conversations.get().find((one) => one.id === id);
}

/** Two people who have written to each other. */
async function acquainted(a: string, b: string) {
  const talk = directConversation(a, b);
  const [ann, bea] = [await device(a), await device(b)];
  await ann.send(talk, "hello").delivered;
  await bea.send(talk, "hi").delivered;
  return { ann, bea, talk };
}

test("R16 a blocked message is routed and never delivered; what comes later is", async () => {
  const { ann, bea, talk } = await acquainted("ann1", "bea1");
  // Shown at once here; what another device shows is so on the server.
  const other = await device("bea1");
  await bea.block("ann1");
  await expect.poll(() => other.blocked.get(), WAIT).toEqual(["ann1"]);
  const unseen = ann.send(talk, "are you there?");
  await unseen.accepted;
  await expect.poll(() => stateOf(bea, talk)?.head, WAIT).toBe(3);
  expect(stateOf(bea, talk)?.last?.number).toBe(2);
  expect(["accepted", "routed"]).toContain(unseen.state);
  await expect(bea.send(talk, "no").accepted).rejects.toMatchObject({ code: "not-allowed" });
  await bea.block("ann1", false);
  await expect.poll(() => other.blocked.get(), WAIT).toEqual([]);
  await ann.send(talk, "now?").delivered;
  const { messages } = await bea.history(talk, { limit: 10 });
  expect(messages.map(({ content }) => "text" in content && content.text)).toEqual([
    "hello",
    "hi",
    "now?",
  ]);
});

test("R16 a stranger waits until they are let in", async () => {
  const [ann, bea] = [await device("ann2"), await device("bea2")];
  const talk = directConversation("ann2", "bea2");
  expect(await bea.setPreferences({ writers: "contacts" })).toMatchObject({ writers: "contacts" });
  const first = ann.send(talk, "hello?");
  await first.accepted;
  await expect.poll(() => stateOf(bea, talk)?.request, WAIT).toBe("pending");
  expect(first.state).not.toBe("delivered");
  await bea.answerRequest(talk, true);
  await first.delivered;
});

test("R22 who looks sees them come, type and go", async () => {
  const { ann, bea, talk } = await acquainted("ann3", "bea3");
  ann.watchPresence(["bea3"]);
  const presence = ann.presence("bea3");
  await expect.poll(() => presence.get()?.online, WAIT).toBe(true);
  await server.hibernate("UserObject", "bea3");
  bea.typing(talk);
  await expect.poll(() => ann.typists(talk).get(), WAIT).toEqual(["bea3"]);
  await bea.send(talk, "there").accepted;
  await expect.poll(() => ann.typists(talk).get(), WAIT).toEqual([]);
  await bea.close();
  await expect.poll(() => presence.get()?.online, WAIT).toBe(false);
  expect(presence.get()?.lastSeenAt).toBeGreaterThan(0);
});

test("R23 people find each other, and who deletes their account is found no more", async () => {
  const { ann, bea, talk } = await acquainted("ann4", "bea4");
  await ann.setProfile({ handle: "ann.four", name: "Ann", listed: true });
  const ann4 = { user: "ann4", handle: "ann.four", name: "Ann" };
  expect(await bea.lookup({ prefix: "ann." })).toEqual([ann4]);
  expect(await bea.lookup({ users: ["ann4"] })).toEqual([ann4]);
  const taken = bea.setProfile({ handle: "ann.four" });
  await expect(taken).rejects.toMatchObject({ code: "conflict" });
  await ann.deleteAccount();
  await expect.poll(() => ann.connection.get().state, WAIT).toMatchObject({ kind: "closed" });
  await expect.poll(() => stateOf(bea, talk)?.gone, WAIT).toBe(true);
  expect(stateOf(bea, talk)).toMatchObject({ head: 2 });
  await expect(bea.send(talk, "hello?").accepted).rejects.toMatchObject({ code: "gone" });
  await expect.poll(() => bea.lookup({ handle: "ann.four" }), WAIT).toEqual([]);
  await expect(ann.profile()).rejects.toMatchObject({ code: "gone" });
});
