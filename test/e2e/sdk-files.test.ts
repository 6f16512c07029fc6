/** Files with the real SDK against the real server: R2 on disk, bytes that wait in real files. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HoldfastError } from "../../client/errors.ts";
import { directConversation, HoldfastClient, type Message } from "../../client/index.ts";
import { nodePlatform } from "../../client/platform/node.ts";
import { signIn } from "../support/accounts.ts";
import { startServer, type TestServer } from "../support/server.ts";

const MIB = 1_048_576;
const WAIT = { timeout: 30_000, interval: 20 };
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgAAIAAAUAAXpeqz8AAAAASUVORK5CYII=",
  "base64",
);

const directory = mkdtempSync(join(tmpdir(), "holdfast-files-"));
const open = new Set<HoldfastClient>();
let server: TestServer;

beforeAll(async () => {
  server = await startServer({ persistTo: join(directory, "rows"), vars: { DEV_SIGN_IN: "on" } });
});

afterAll(async () => {
  await Promise.all([...open].map((client) => client.close()));
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Everything that the device keeps stands in the folder `place`. */
async function device(user: string, place = user): Promise<HoldfastClient> {
  const token = () => signIn(server.url, user);
  const platform = nodePlatform({ directory: join(directory, place) });
  const client = new HoldfastClient({ url: server.url, user, token, platform });
  open.add(client);
  await client.connect();
  return client;
}

async function end(client: HoldfastClient): Promise<void> {
  open.delete(client);
  await client.close();
}

function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** What the conversation shows once it shows so many messages. */
async function shown(client: HoldfastClient, talk: string, count: number) {
  const list = client.messages(talk);
  list.subscribe(() => {});
  const numbered = () => list.get().messages.filter(({ number }) => number !== undefined);
  await expect.poll(() => numbered().length, WAIT).toBe(count);
  return numbered();
}

async function bytesOf(client: HoldfastClient, message: Message | undefined, thumbnail = false) {
  if (message === undefined) throw new Error("no such message");
  const blob = await client.openFile(message, { thumbnail });
  return { type: blob.type, bytes: new Uint8Array(await blob.arrayBuffer()) };
}

test("a picture with its thumbnail and words comes to the other side as it was sent", async () => {
  const talk = directConversation("ann", "bea");
  const [ann, bea] = [await device("ann"), await device("bea")];
  const picture = new File([PNG, noise(2 * MIB, 1).slice()], "cat.png", { type: "image/png" });
  const said = { caption: "a cat", width: 1, height: 1, thumbnail: PNG };
  const handle = ann.sendFile(talk, picture, said);
  const behind = ann.send(talk, "and words");
  await handle.delivered;
  await behind.delivered;
  const [file, words] = await shown(bea, talk, 2);
  expect(words?.content).toEqual({ kind: "text", text: "and words" });
  expect(file?.content).toMatchObject({ kind: "file", name: "cat.png", caption: "a cat" });
  const whole = new Uint8Array(await picture.arrayBuffer());
  for (const client of [ann, bea]) {
    const [message] = await shown(client, talk, 2);
    expect(await bytesOf(client, message)).toEqual({ type: "image/png", bytes: whole });
    expect((await bytesOf(client, message, true)).bytes).toEqual(new Uint8Array(PNG));
  }
  // Nothing is left behind on the device.
  const uploads = join(directory, "ann");
  const left = () =>
    readdirSync(uploads, { recursive: true }).filter((name) => String(name).includes("%2F"));
  await expect.poll(left, WAIT).toEqual([]);
});

test("pictures of a user and of a group are put up, seen, replaced and taken down", async () => {
  const [ann, bea] = [await device("pia"), await device("pat")];
  const picture = await ann.uploadPicture(new Blob([PNG]));
  expect(await ann.setProfile({ name: "Pia", picture })).toMatchObject({ name: "Pia", picture });
  const { conversation, handle } = ann.createGroup({ title: "x", picture, members: ["pat"] });
  await handle.accepted;
  const shownNow = () =>
    bea.conversations.get().find(({ id }) => id === conversation)?.group?.picture;
  await expect.poll(shownNow, WAIT).toBe(picture);
  for (const owner of [{ user: "pia" }, { conversation }]) {
    const blob = await bea.openPicture(owner);
    expect(blob.type).toBe("image/png");
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(new Uint8Array(PNG));
  }
  await ann.changeGroup(conversation, { picture: "" }).accepted;
  await expect.poll(shownNow, WAIT).toBeUndefined();
  await ann.setProfile({ name: "Pia" });
  for (const owner of [{ user: "pia" }, { conversation }]) {
    await expect(bea.openPicture(owner)).rejects.toMatchObject({ code: "not-found" });
  }
  await expect(
    bea.openPicture({ conversation: directConversation("pat", "pia") }),
  ).rejects.toThrow();
  await expect(ann.uploadPicture(noise(100, 9))).rejects.toMatchObject({ rule: "picture" });
  await expect(ann.uploadPicture(noise(MIB + 1, 9))).rejects.toMatchObject({ code: "too-big" });
});

test("an upload goes on after the process has ended in the middle, and arrives once", async () => {
  const talk = directConversation("cat", "dan");
  const first = await device("cat");
  const bytes = noise(6 * MIB + 5, 2);
  const handle = first.sendFile(talk, bytes, { name: "noise" });
  await handle.queued;
  await expect.poll(() => handle.progress.sent, { ...WAIT, interval: 1 }).toBeGreaterThan(MIB);
  await end(first);

  const second = await device("cat");
  second.send(talk, "after");
  const dan = await device("dan");
  const [file, text] = await shown(dan, talk, 2);
  expect(text?.content).toEqual({ kind: "text", text: "after" });
  expect((await bytesOf(dan, file)).bytes).toEqual(bytes);
});

test("an upload goes on after the server was killed in the middle", async () => {
  const talk = directConversation("eve", "fay");
  const [eve, fay] = [await device("eve"), await device("fay")];
  const bytes = noise(8 * MIB, 3);
  const handle = eve.sendFile(talk, bytes);
  await expect.poll(() => handle.progress.sent, { ...WAIT, interval: 1 }).toBeGreaterThan(0);
  await server.killWorkerd();
  await handle.accepted;
  const [file] = await shown(fay, talk, 1);
  expect((await bytesOf(fay, file)).bytes).toEqual(bytes);
});

test("a file that was cancelled never comes, and what was said behind it does", async () => {
  const talk = directConversation("gil", "hal");
  const [gil, hal] = [await device("gil"), await device("hal")];
  const handle = gil.sendFile(talk, noise(10 * MIB, 4));
  const behind = gil.send(talk, "never mind");
  await expect.poll(() => handle.progress.sent, { ...WAIT, interval: 1 }).toBeGreaterThan(0);
  await handle.cancel();
  await expect(handle.accepted).rejects.toMatchObject({ code: "dropped" });
  await behind.accepted;
  const [only] = await shown(hal, talk, 1);
  expect(only?.content).toEqual({ kind: "text", text: "never mind" });
});

test("R11 a recalled file can't be opened any more; what was forwarded stays the forwarder's", async () => {
  const [talk, notes] = [directConversation("ian", "joe"), directConversation("joe", "joe")];
  const [ian, joe] = [await device("ian"), await device("joe")];
  await ian.sendFile(talk, PNG, { name: "one.png", thumbnail: PNG }).delivered;
  const [file] = await shown(joe, talk, 1);
  if (file === undefined) throw new Error("not shown");
  await joe.forward(file, notes).accepted;
  await ian.recall(talk, 1).delivered;
  const refused = await joe.openFile(file).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(HoldfastError);
  expect(refused).toMatchObject({ code: "not-found" });
  const [copy] = await shown(joe, notes, 1);
  expect(copy?.content).toMatchObject({ kind: "file", name: "one.png", forwardOf: file.id });
  expect((await bytesOf(joe, copy)).bytes).toEqual(new Uint8Array(PNG));
  expect((await bytesOf(joe, copy, true)).type).toBe("image/png");
});

test("what is too large for this server fails, and says which limit it breaks", async () => {
  const talk = directConversation("kim", "lee");
  const kim = await device("kim");
  const handle = kim.sendFile(talk, noise(20 * MIB + 1, 5));
  const refused = await handle.accepted.catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "too-big", rule: `max-bytes:${20 * MIB}` });
  await kim.drop(handle.key);
});
