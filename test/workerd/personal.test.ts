/** What a user keeps about conversations for themself, against the real objects. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Body } from "../../protocol/entries.ts";
import { directConversation } from "../../protocol/ids.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { ConversationState } from "../../protocol/server-frames.ts";
import { evict, rowCount } from "./objects.ts";
import { api, freshPolicy, newUser, RawDevice } from "./support.ts";

beforeAll(() => freshPolicy());

async function connected(user: string): Promise<RawDevice> {
  const device = new RawDevice(user);
  await device.connect({ cursor: 0 });
  return device;
}

/** Bodies of this kind, as this device has them. */
function bodies<K extends Body["kind"]>(device: RawDevice, kind: K) {
  return device.entries.flatMap(({ body }) =>
    body.kind === kind ? [body as Extract<Body, { kind: K }>] : [],
  );
}

async function stateOf(user: string, conversation: string): Promise<ConversationState | undefined> {
  const response = await api("/v1/conversations", user);
  const page = (await response.json()) as { conversations: ConversationState[] };
  return page.conversations.find((state) => state.conversation === conversation);
}

describe("R21 arranging", () => {
  test("R21 each frame is answered, changes reach every device, a repeat costs no row", async () => {
    const user = newUser("alice");
    const talk = directConversation(user, newUser("bob"));
    const [phone, desk] = [await connected(user), await connected(user)];
    phone.send({ t: "arrange", ref: "1", conversation: talk, change: { pinned: true } });
    desk.send({ t: "arrange", ref: "2", conversation: talk, change: { mutedUntil: 5_000 } });
    expect(await phone.next("done")).toEqual({ t: "done", ref: "1" });
    expect(await desk.next("done")).toEqual({ t: "done", ref: "2" });
    for (const device of [phone, desk]) {
      await device.until(() => bodies(device, "arrangement").length === 2 || undefined);
      expect(bodies(device, "arrangement").at(-1)).toMatchObject({
        pinned: true,
        mutedUntil: 5_000,
      });
    }
    const rows = await rowCount(user);
    phone.send({ t: "arrange", ref: "3", conversation: talk, change: { pinned: true } });
    await phone.next("done");
    expect(await rowCount(user)).toBe(rows);
    await evict(user);
    expect(await stateOf(user, talk)).toMatchObject({
      head: 0,
      arrangement: { pinned: true, mutedUntil: 5_000, archived: false },
    });
  });

  test("R21 folders are the user's, in their order, and stand in the state of the notes", async () => {
    const user = newUser("alice");
    const device = await connected(user);
    const folders = [
      { id: "b", name: "Later" },
      { id: "a", name: "Work" },
    ];
    device.send({ t: "folders", ref: "1", folders });
    await device.next("done");
    const notes = directConversation(user, user);
    expect(await stateOf(user, notes)).toMatchObject({ folders });
    device.send({ t: "folders", ref: "2", folders: [...folders, { id: "a", name: "Again" }] });
    expect((await device.next("error")).error).toMatchObject({ rule: "distinct-ids" });
  });

  test("R14 a conversation of others can't be arranged, nor a draft kept in it", async () => {
    const device = await connected(newUser("alice"));
    for (const conversation of ["direct:nobody.a,nobody.b", `group:${"A".repeat(22)}`]) {
      device.send({ t: "arrange", ref: "1", conversation, change: { pinned: true } });
      expect(await device.next("error")).toMatchObject({
        of: "arrange",
        ref: "1",
        error: { code: "not-found" },
      });
      device.send({ t: "draft", ref: "2", conversation, base: 0, text: "x" });
      expect(await device.next("error")).toMatchObject({ ref: "2", error: { code: "not-found" } });
    }
    expect(await rowCount(device.user)).toBe(0);
  });

  test("R21 reading on takes back `marked unread`", async () => {
    const [alice, bob] = [newUser("alice"), newUser("bob")];
    const talk = directConversation(alice, bob);
    const [a, b] = [await connected(alice), await connected(bob)];
    b.say(alice, { kind: "text", text: "hi", mentions: [alice] });
    await a.texts(1);
    a.send({ t: "arrange", ref: "1", conversation: talk, change: { markedUnread: true } });
    await a.next("done");
    expect(await stateOf(alice, talk)).toMatchObject({ unread: 1, mentions: [1] });
    a.send({ t: "read", conversation: talk, number: 1 });
    await a.settle();
    const state = await stateOf(alice, talk);
    expect(state).toMatchObject({ unread: 0, arrangement: { markedUnread: false } });
    expect(state?.mentions).toBeUndefined();
  });
});

describe("R21 drafts", () => {
  test("R21 only what continues the newest version takes its place; a repeat is done again", async () => {
    const user = newUser("alice");
    const talk = directConversation(user, newUser("bob"));
    const [phone, desk] = [await connected(user), await connected(user)];
    const draft = (device: RawDevice, ref: string, base: number, text: string) =>
      device.send({ t: "draft", ref, conversation: talk, base, text });
    draft(phone, "1", 0, "hel");
    await phone.next("done");
    draft(phone, "2", 0, "hel");
    expect(await phone.next("done")).toMatchObject({ ref: "2" });
    draft(desk, "3", 0, "other");
    expect(await desk.next("error")).toMatchObject({
      ref: "3",
      error: { code: "conflict", field: "base" },
    });
    draft(desk, "4", 1, "hello");
    await desk.next("done");
    draft(phone, "5", 1, "help");
    expect(await phone.next("error")).toMatchObject({ error: { code: "conflict" } });
    draft(phone, "6", 2, "");
    await phone.next("done");
    await desk.until(() => bodies(desk, "draft").length === 3 || undefined);
    expect(bodies(desk, "draft").map(({ version, text }) => [version, text])).toEqual([
      [1, "hel"],
      [2, "hello"],
      [3, ""],
    ]);
    draft(desk, "7", 2, "hello!");
    expect(await desk.next("error")).toMatchObject({ error: { code: "conflict" } });
    expect((await stateOf(user, talk))?.draft).toMatchObject({ version: 3, text: "" });
  });

  // Whichever of the two users is the home: both ways of accepting end the draft.
  test.each(["bob", "carol", "dan", "eve"])(
    "R21 what is sent to %s ends the draft that it names, once",
    async (name) => {
      const user = newUser("alice");
      const peer = newUser(name);
      const talk = directConversation(user, peer);
      const [a, b] = [await connected(user), await connected(user)];
      await connected(peer);
      a.send({ t: "draft", ref: "1", conversation: talk, base: 0, text: "hi" });
      await a.next("done");
      const body = { kind: "text" as const, text: "hi" };
      const item = { conversation: talk, counter: 1, prev: 0, draft: 1, body };
      expect(await a.submit(item)).toMatchObject({ counter: 1 });
      await b.until(() => bodies(b, "draft").at(-1)?.version === 2 || undefined);
      expect(bodies(b, "draft").at(-1)).toMatchObject({ version: 2, text: "" });
      // Somebody begins anew elsewhere: neither a repeat nor another message touches that.
      b.send({ t: "draft", ref: "2", conversation: talk, base: 2, text: "and" });
      await b.next("done");
      expect(await a.submit(item)).toMatchObject({ counter: 1 });
      const next = { ...item, counter: 2, prev: 1, draft: 2 };
      expect(await a.submit(next)).toMatchObject({ counter: 2 });
      expect((await stateOf(user, talk))?.draft).toMatchObject({ version: 3, text: "and" });
    },
  );

  test("R21 what was still on its way when its message was sent ends with it", async () => {
    const user = newUser("alice");
    const talk = directConversation(user, user);
    const a = await connected(user);
    a.send({ t: "draft", ref: "1", conversation: talk, base: 0, text: "h" });
    a.send({ t: "draft", ref: "2", conversation: talk, base: 1, text: "hi" });
    const body = { kind: "text" as const, text: "hi" };
    await a.submit({ conversation: talk, counter: 1, prev: 0, draft: 1, body });
    expect((await stateOf(user, talk))?.draft).toMatchObject({ version: 3, text: "" });
  });

  test("R21 a refused message leaves the draft", async () => {
    const user = newUser("alice");
    const talk = directConversation(user, user);
    const a = await connected(user);
    a.send({ t: "draft", ref: "1", conversation: talk, base: 0, text: "hi" });
    const body = { kind: "edit" as const, target: 7, text: "hi" };
    const result = await a.submit({ conversation: talk, counter: 1, prev: 0, draft: 1, body });
    expect(result.error?.code).toBe("not-found");
    expect((await stateOf(user, talk))?.draft).toMatchObject({ version: 1, text: "hi" });
  });
});

describe("R7 the state in pages", () => {
  test("R7 the first page is the head of the list, and all others miss nothing", async () => {
    const user = newUser("alice");
    const a = await connected(user);
    const count = LIMITS.snapshotConversations + 10;
    const names = Array.from({ length: count }, (_, i) => `p${String(i).padStart(3, "0")}.${user}`);
    for (const name of names) {
      const conversation = directConversation(user, name);
      a.send({ t: "draft", ref: name, conversation, base: 0, text: "x" });
      await a.until(() => a.frames.find((frame) => frame.t === "done" && frame.ref === name));
    }
    a.say(names[7] ?? "", "newest");
    await a.texts(1);
    const pinned = directConversation(user, names[3] ?? "");
    a.send({ t: "arrange", ref: "pin", conversation: pinned, change: { pinned: true } });
    await a.until(() => a.frames.find((frame) => frame.t === "done" && frame.ref === "pin"));
    a.send({ t: "snapshot", ref: "s1" });
    const first = await a.next("snapshot");
    const newest = directConversation(user, names[7] ?? "");
    expect(first.conversations.slice(0, 2).map(({ conversation }) => conversation)).toEqual([
      pinned,
      newest,
    ]);
    // Moves from where it would have come later to where that page has been.
    const seen = new Set(first.conversations.map(({ conversation }) => conversation));
    const late = names.find((name) => !seen.has(directConversation(user, name))) ?? "";
    a.say(late, "just now");
    await a.texts(2);
    let page = first;
    for (let i = 2; page.next !== undefined; i += 1) {
      a.send({ t: "snapshot", ref: `s${i}`, after: page.next });
      page = await a.next("snapshot");
      for (const { conversation } of page.conversations) seen.add(conversation);
    }
    expect([...seen].sort()).toEqual(names.map((name) => directConversation(user, name)).sort());
  });
});
