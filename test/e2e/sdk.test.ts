/** The real SDK against the real server: two users with two devices each. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { directConversation, HoldfastClient } from "../../client/index.ts";
import { fileStore, nodePlatform, sqliteStore } from "../../client/platform/node.ts";
import type { ClientStore } from "../../client/store.ts";
import { signIn } from "../support/accounts.ts";
import { SdkStage, shows } from "../support/sdk-stage.ts";

let stage: SdkStage;

beforeAll(async () => {
  stage = await SdkStage.open();
});

afterAll(() => stage.close());

const device = (user: string, store?: ClientStore) => stage.device(user, store);

test("what one device sends, all four show, in the same order, own ones included", async () => {
  const [ann, bea] = ["ann", "bea"];
  const talk = directConversation(ann, bea);
  const devices = await Promise.all([ann, ann, bea, bea].map((user) => device(user)));
  const [phone, , desk] = devices;
  if (phone === undefined || desk === undefined) throw new Error("devices are missing");
  for (const client of devices) client.messages(talk).subscribe(() => {});
  const wanted = Array.from({ length: 20 }, (_, index) => `a${index}`);
  const sent = wanted.map((text) => phone.send(talk, text));
  await Promise.all(sent.map(({ accepted }) => accepted));
  await desk.send(talk, "b0").accepted;
  await Promise.all(devices.map((client) => shows(client, talk, [...wanted, "b0"])));
  await Promise.all(sent.map(({ delivered }) => delivered));
  expect(desk.conversations.get()).toMatchObject([{ id: talk, unread: 20, head: 21 }]);
  await desk.markRead(talk, 21);
  await expect.poll(() => sent.at(-1)?.state, { timeout: 20_000 }).toBe("read");
  const other = devices[3];
  await expect.poll(() => other?.conversations.get()[0]?.unread, { timeout: 20_000 }).toBe(0);
});

test("edit, recall and reaction reach the other side and stay after a restart", async () => {
  const talk = directConversation("cat", "dan");
  const path = join(stage.directory, "dan.db");
  const cat = await device("cat");
  const dan = await device("dan", sqliteStore(path));
  await cat.send(talk, "first").accepted;
  await cat.send(talk, "secret").accepted;
  await cat.edit(talk, 1, "first, corrected").accepted;
  await cat.recall(talk, 2).accepted;
  await shows(dan, talk, ["first, corrected", "recalled"]);
  await dan.react(talk, 1, "👍").accepted;
  const reactions = () => cat.messages(talk).get().messages[0]?.reactions;
  const stop = cat.messages(talk).subscribe(() => {});
  await expect.poll(reactions, { timeout: 20_000 }).toEqual({ "👍": ["dan"] });
  stop();
  await dan.close();
  const again = await device("dan", sqliteStore(path));
  await shows(again, talk, ["first, corrected", "recalled"]);
});

test("a new device gets what was said before it came", async () => {
  const talk = directConversation("eve", "fay");
  const eve = await device("eve");
  const wanted = Array.from({ length: 30 }, (_, index) => `m${index}`);
  await Promise.all(wanted.map((text) => eve.send(talk, text).accepted));
  const fay = await device("fay");
  await shows(fay, talk, wanted);
  const page = await fay.history(talk, { before: 11, limit: 10 });
  expect(page.messages.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(page.more).toBe(false);
});

test("a device over the package `ws` and a file store sends, closes and goes on", async () => {
  const talk = directConversation("ida", "jon");
  const place = join(stage.directory, "files");
  const start = async () => {
    const platform = nodePlatform({ directory: place, webSocket: WebSocket });
    const token = () => signIn(stage.server.url, "ida");
    const store = fileStore(join(stage.directory, "ida.jsonl"));
    const client = new HoldfastClient({
      url: stage.server.url,
      user: "ida",
      token,
      store,
      platform,
    });
    stage.closes(client);
    await client.connect();
    return client;
  };
  const first = await start();
  await first.send(talk, "one").accepted;
  await first.send(talk, "two").queued;
  await first.close();
  const second = await start();
  await second.send(talk, "three").accepted;
  await shows(second, talk, ["one", "two", "three"]);
  await shows(await device("jon"), talk, ["one", "two", "three"]);
});

test("messages queued while the server is killed arrive once, in order, by themselves", async () => {
  const talk = directConversation("gus", "hal");
  const gus = await device("gus");
  const hal = await device("hal");
  await gus.send(talk, "0").accepted;
  const wanted = ["0"];
  for (let round = 1; round <= 3; round += 1) {
    const killed = stage.server.killWorkerd();
    const during = Array.from({ length: 10 }, (_, index) => `${round}.${index}`);
    wanted.push(...during);
    const sent = during.map((text) => gus.send(talk, text));
    await killed;
    await Promise.all(sent.map(({ accepted }) => accepted));
  }
  await Promise.all([shows(gus, talk, wanted), shows(hal, talk, wanted)]);
});
