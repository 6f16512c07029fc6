import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { directConversation } from "../../protocol/names.ts";
import { signIn, socketUrlOf, ticketFor } from "../support/accounts.ts";
import { RawClient } from "../support/raw-client.ts";
import { HELLO, protocolsFor } from "../support/session.ts";
import { Stage } from "../support/stage.ts";

const CANARY = "canary-7c1e5a";
const WITHIN = { timeout: 15_000, interval: 100 };

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

/** Files of the server's disk that hold the canary, whatever they are for. */
async function filesWithCanary(): Promise<string[]> {
  const directory = dirname(stage.file("x"));
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    if ((await readFile(path)).includes(CANARY)) found.push(path);
  }
  return found;
}

async function talkative(user: string): Promise<{ client: RawClient; ticket: string }> {
  const { url } = stage.server;
  const protocols = await protocolsFor(url, user, "phone-device");
  const client = await RawClient.open(socketUrlOf(url), { protocols });
  const app = { name: `phone of ${CANARY}`, version: "1", platform: "test" };
  client.send({ ...HELLO, app });
  await client.next("welcome");
  const conversation = directConversation(user, user);
  const say = (counter: number, text: string) => {
    const item = { conversation, counter, prev: counter - 1, body: { kind: "text", text } };
    client.send({ t: "submit", items: [item] });
    return client.next("accepted");
  };
  await say(1, `a note: ${CANARY}`);
  await say(2, `another: ${CANARY}`);
  const edited = { kind: "edit", target: 1, text: `a better note: ${CANARY}` };
  client.send({ t: "submit", items: [{ conversation, counter: 3, prev: 2, body: edited }] });
  await client.next("accepted");
  const ticket = await ticketFor(url, await signIn(url, user), "laptop-device");
  return { client, ticket };
}

test("R23 a deleted account leaves no byte of what it said on the disk, and nobody gets in", async () => {
  const { url } = stage.server;
  const user = "eraser";
  const { client, ticket } = await talkative(user);
  const token = await signIn(url, user);
  await expect.poll(filesWithCanary, WITHIN).not.toEqual([]);

  const headers = { Authorization: `Bearer ${token}` };
  const deleted = await fetch(`${url}/v1/account`, { method: "DELETE", headers });
  expect(deleted.status).toBe(200);
  expect((await client.expectClose(1_000)).code).toBe(4410);
  await expect.poll(filesWithCanary, WITHIN).toEqual([]);

  for (const path of ["/v1/devices", "/v1/conversations", "/v1/preferences"]) {
    const response = await fetch(url + path, { headers });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(await response.text()).not.toContain(CANARY);
  }
  const protocols = ["holdfast.v1", `ticket.${ticket}`];
  const back = await RawClient.open(socketUrlOf(url), { protocols });
  back.send(HELLO);
  expect((await back.expectClose()).code).toBe(4410);
  await stage.server.killWorkerd();
  expect(await filesWithCanary()).toEqual([]);
});
