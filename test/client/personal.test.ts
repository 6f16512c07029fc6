/** What a user keeps about conversations for themself, through the SDK. */
import { describe, expect, test } from "vitest";
import type { CoreClient } from "../../client/client.ts";
import { emptyRow } from "../../client/core/conversations.ts";
import { takePersonal, wished } from "../../client/core/personal.ts";
import { memoryStore } from "../../client/memory-store.ts";
import { PLAIN_ARRANGEMENT } from "../../protocol/arrange.ts";
import { FakeClock } from "../support/client/fake-clock.ts";
import { FakeServer } from "../support/client/fake-server.ts";
import { GROUP, place } from "../support/client/group-talk.ts";
import { lab, OTHER_TALK, TALK } from "../support/client/lab.ts";

function conversation(client: CoreClient, id = TALK) {
  return client.conversations.get().find((one) => one.id === id);
}

/** Two devices of alice's at one server. */
async function pair() {
  const clock = new FakeClock();
  const server = new FakeServer("alice", () => clock.now());
  const phone = lab({ server, clock, device: "phone000" });
  const desk = lab({ server, clock, device: "desk0000" });
  await phone.client.connect();
  await desk.client.connect();
  await clock.advance(100);
  return { clock, server, phone: phone.client, desk: desk.client };
}

describe("R21 how conversations are arranged", () => {
  test("R21 is shown at once, also without a connection, survives a restart and is told then", async () => {
    const { client, server, clock, make } = lab();
    await client.connect();
    server.text(TALK, "hi");
    await clock.advance(1_000);
    server.unreachable = true;
    server.cut();
    await client.pin(TALK);
    await client.mute(TALK, 9_000);
    await client.fileInto(TALK, ["work"]);
    await client.setFolders([{ id: "work", name: "Work" }]);
    const wanted = { pinned: true, mutedUntil: 9_000, folders: ["work"], archived: false };
    expect(conversation(client)).toMatchObject(wanted);
    expect(client.folders.get()).toEqual([{ id: "work", name: "Work" }]);
    await client.close();
    server.unreachable = false;
    const again = make();
    await again.connect();
    expect(conversation(again)).toMatchObject(wanted);
    await clock.advance(5_000);
    const told = server.frames.filter(({ t }) => t === "arrange" || t === "folders");
    expect(told).toMatchObject([
      { t: "arrange", change: { pinned: true, mutedUntil: 9_000, folders: ["work"] } },
      { t: "folders" },
    ]);
    await clock.advance(60_000);
    expect(server.frames.filter(({ t }) => t === "arrange" || t === "folders")).toHaveLength(2);
    expect(conversation(again)).toMatchObject(wanted);
  });

  test("R21 both devices show the same, in the same order", async () => {
    const { clock, server, phone, desk } = await pair();
    server.text(TALK, "older");
    await clock.advance(1_000);
    server.text(OTHER_TALK, "newer");
    await clock.advance(1_000);
    const order = (client: CoreClient) => client.conversations.get().map(({ id }) => id);
    expect(order(desk)).toEqual([OTHER_TALK, TALK]);
    await phone.pin(TALK);
    await desk.archive(OTHER_TALK);
    await clock.advance(1_000);
    for (const client of [phone, desk]) {
      expect(order(client)).toEqual([TALK, OTHER_TALK]);
      expect(conversation(client)).toMatchObject({ pinned: true });
      expect(conversation(client, OTHER_TALK)).toMatchObject({ archived: true });
    }
    await desk.pin(TALK, false);
    await clock.advance(1_000);
    expect(order(phone)).toEqual([TALK, OTHER_TALK]);
    expect(conversation(phone)?.pinned).toBe(false);
  });

  test("R21 a wish whose answer was lost does not undo what came after it", async () => {
    const { clock, server, phone, desk } = await pair();
    server.text(TALK, "hi");
    await clock.advance(1_000);
    await phone.pin(TALK);
    server.holdsFeed = true;
    server.rule = (frame) => (frame.t === "arrange" ? "deaf" : undefined);
    await clock.advance(0);
    server.cut();
    server.rule = () => undefined;
    server.holdsFeed = false;
    await clock.advance(20_000);
    await desk.pin(TALK, false);
    await clock.advance(20_000);
    expect([conversation(phone)?.pinned, conversation(desk)?.pinned]).toEqual([false, false]);
  });

  test("R21 what is taken back before the server's word of it is here is taken back", async () => {
    const { clock, server, phone, desk } = await pair();
    server.text(TALK, "hi");
    await clock.advance(1_000);
    server.holdsFeed = true;
    await phone.pin(TALK);
    // The server has pinned it, and neither its entry nor its answer has come.
    server.rule = (frame) => (frame.t === "arrange" ? "deaf" : undefined);
    await clock.advance(0);
    server.unreachable = true;
    server.cut();
    server.rule = () => undefined;
    await phone.pin(TALK, false);
    server.unreachable = false;
    server.holdsFeed = false;
    await clock.advance(60_000);
    expect([conversation(phone)?.pinned, conversation(desk)?.pinned]).toEqual([false, false]);
    expect(server.frames.filter(({ t }) => t === "arrange")).toMatchObject([
      { change: { pinned: true } },
      { change: { pinned: false } },
    ]);
  });

  test.each(["before", "after"])(
    "R21 what is wished once more %s a cut is not taken for so by its first entry",
    async (when) => {
      const { clock, server, phone, desk } = await pair();
      server.text(TALK, "hi");
      await clock.advance(1_000);
      const wish = (isOn: boolean) =>
        Promise.all([phone.pin(TALK, isOn), phone.block("carol", isOn)]);
      // These are answered, and neither's entry has come when the connection ends.
      server.holdsFeed = true;
      for (const isOn of [true, false]) {
        await wish(isOn);
        await clock.advance(100);
      }
      server.rule = ({ t }) => (t === "arrange" || t === "block" ? "swallow" : undefined);
      if (when === "before") await wish(true);
      await clock.advance(100);
      server.unreachable = true;
      server.cut();
      if (when === "after") await wish(true);
      server.rule = () => undefined;
      server.unreachable = false;
      server.holdsFeed = false;
      await clock.advance(60_000);
      expect([conversation(phone)?.pinned, conversation(desk)?.pinned]).toEqual([true, true]);
      expect([phone.blocked.get(), desk.blocked.get()]).toEqual([["carol"], ["carol"]]);
    },
  );

  test("R21 marked as unread until it is read on, on any device", async () => {
    const { clock, server, phone, desk } = await pair();
    server.text(TALK, "hi");
    await clock.advance(1_000);
    await phone.markRead(TALK, 1);
    await phone.markUnread(TALK);
    await clock.advance(1_000);
    expect(conversation(desk)).toMatchObject({ unread: 0, markedUnread: true });
    // Nothing is unread, so no mark moves: reading says so all the same.
    await desk.markRead(TALK, 1);
    expect(conversation(desk)?.markedUnread).toBe(false);
    await clock.advance(1_000);
    expect(conversation(phone)?.markedUnread).toBe(false);
    await phone.markUnread(TALK);
    server.text(TALK, "more");
    await clock.advance(1_000);
    await desk.markRead(TALK, 2);
    await clock.advance(1_000);
    expect(conversation(phone)).toMatchObject({ unread: 0, markedUnread: false });
  });

  test("R21 who leaves a group wishes no more to take back that it is marked as unread", () => {
    const arrangement = { ...PLAIN_ARRANGEMENT, markedUnread: true };
    const marked = { ...emptyRow(GROUP), membership: place(), arrangement };
    const row = wished(marked, { change: { markedUnread: false } });
    expect(row.wish).toEqual({ change: { markedUnread: false } });
    // The server has taken it back with the leaving, and has no other entry to show.
    const left = takePersonal(
      row,
      { body: place({ version: 2, state: "left" }), at: 0 },
      "phone000",
    );
    expect(left.arrangement?.markedUnread).toBe(false);
    expect(left.wish).toBeUndefined();
  });

  test("R21 a mention is told until it is read", async () => {
    const { client, server, clock } = lab();
    await client.connect();
    server.text(TALK, "hi");
    server.arrive(TALK, { kind: "text", text: "@alice", mentions: ["alice"] });
    server.arrive(TALK, { kind: "text", text: "@all", everyone: true });
    await clock.advance(1_000);
    expect(conversation(client)).toMatchObject({ unread: 3, mention: 2 });
    await client.markRead(TALK, 2);
    expect(conversation(client)).toMatchObject({ unread: 1, mention: 3 });
    server.arrive(TALK, { kind: "recall", target: 3 });
    await clock.advance(1_000);
    expect(conversation(client)).toMatchObject({ unread: 0, mention: undefined });
  });

  test("R14 what the server refuses for good is no wish any more", async () => {
    const { client, server, clock } = lab();
    await client.connect();
    server.text(TALK, "hi");
    await clock.advance(1_000);
    server.rule = (frame) => {
      if (frame.t !== "arrange") return undefined;
      const error = { code: "not-found" } as const;
      server.send({ t: "error", of: "arrange", ref: frame.ref, error });
      return "swallow";
    };
    await client.pin(TALK);
    await clock.advance(60_000);
    expect(conversation(client)?.pinned).toBe(false);
    expect(server.frames.filter(({ t }) => t === "arrange")).toHaveLength(1);
  });
});

describe("R21 drafts", () => {
  const drafts = (server: FakeServer) =>
    server.frames.flatMap((frame) => (frame.t === "draft" ? [frame] : []));

  test("R21 is on all devices, told rarely while somebody writes, and ends with its message", async () => {
    const { clock, server, phone, desk } = await pair();
    server.text(TALK, "hi");
    await clock.advance(1_000);
    for (const text of ["h", "he", "hel", "hell", "hello"]) {
      await phone.saveDraft(TALK, text);
      await clock.advance(200);
    }
    await clock.advance(3_000);
    expect(drafts(server).map(({ base, text }) => [base, text])).toEqual([
      [0, "h"],
      [1, "hello"],
    ]);
    expect(conversation(desk)?.draft).toEqual({ text: "hello" });
    await desk.saveDraft(TALK, "hello!", { replyTo: 1 });
    await clock.advance(1_000);
    expect(conversation(phone)?.draft).toEqual({ text: "hello!", replyTo: 1 });
    const sent = desk.send(TALK, "hello!", { fromDraft: true });
    await sent.queued;
    await clock.advance(1_000);
    expect(conversation(phone)?.draft).toBeUndefined();
    expect(conversation(desk)?.draft).toBeUndefined();
    // The message ended it: nothing else had to be said.
    expect(drafts(server)).toHaveLength(3);
  });

  test("R21 what is begun right after a send is kept, and what was sent never comes back", async () => {
    const { clock, server, phone, desk } = await pair();
    server.text(TALK, "hi");
    await clock.advance(1_000);
    await phone.saveDraft(TALK, "one");
    await clock.advance(100);
    server.unreachable = true;
    server.cut();
    await phone.saveDraft(TALK, "one, longer");
    const sent = phone.send(TALK, "one, longer", { fromDraft: true });
    await phone.saveDraft(TALK, "two");
    await sent.queued;
    expect(conversation(phone)?.draft).toEqual({ text: "two" });
    server.unreachable = false;
    const seen: (string | undefined)[] = [];
    desk.on("conversation", ({ conversation: { id, draft } }) => {
      if (id === TALK) seen.push(draft?.text);
    });
    await clock.advance(30_000);
    expect(conversation(phone)?.draft).toEqual({ text: "two" });
    expect(conversation(desk)?.draft).toEqual({ text: "two" });
    expect(seen).not.toContain("one, longer");
    expect(server.log(TALK)).toEqual(["hi", "one, longer"]);
  });

  test("R21 what was sent elsewhere while this device was away does not come back with it", async () => {
    const { clock, server, phone, desk } = await pair();
    await phone.saveDraft(TALK, "see you");
    await clock.advance(1_000);
    server.sockets.forEach((peer) => {
      if (peer.device !== "phone000") return;
      peer.open = false;
      peer.events.onClose(1006, "");
    });
    await phone.saveDraft(TALK, "see you at 8");
    await desk.send(TALK, "see you", { fromDraft: true }).queued;
    await clock.advance(30_000);
    expect(conversation(desk)?.draft).toBeUndefined();
    expect(conversation(phone)?.draft).toBeUndefined();
  });

  test("R21 stays in its conversation, also where nothing was ever said", async () => {
    const { client, clock } = lab();
    await client.connect();
    await client.saveDraft(OTHER_TALK, "dear carol");
    await clock.advance(3_000);
    expect(client.conversations.get().map(({ id, draft }) => [id, draft?.text])).toEqual([
      [OTHER_TALK, "dear carol"],
    ]);
    await client.saveDraft(OTHER_TALK, "");
    await clock.advance(3_000);
    expect(client.conversations.get()).toEqual([]);
    await expect(client.saveDraft(TALK, "x".repeat(8_193))).rejects.toThrow("too-big");
  });

  test("R21 a message that is refused and dropped takes its draft along", async () => {
    const { client, server, clock } = lab();
    await client.connect();
    server.text(TALK, "hi");
    await client.saveDraft(TALK, "no");
    await clock.advance(3_000);
    server.judge = () => ({ code: "not-allowed" });
    const sent = client.send(TALK, "no", { fromDraft: true });
    await clock.advance(1_000);
    expect(sent.state).toBe("failed");
    expect(conversation(client)?.draft).toBeUndefined();
    await client.drop(sent.key);
    await clock.advance(10_000);
    expect(conversation(client)?.draft).toBeUndefined();
    expect(drafts(server).at(-1)).toMatchObject({ text: "" });
  });

  test("R21 a restart between queue and send loses neither message nor draft", async () => {
    const store = memoryStore();
    const first = lab({ store });
    await first.client.connect();
    first.server.text(TALK, "hi");
    await first.client.saveDraft(TALK, "one");
    await first.clock.advance(3_000);
    first.server.unreachable = true;
    first.server.cut();
    await first.client.send(TALK, "one", { fromDraft: true }).queued;
    await first.client.saveDraft(TALK, "two");
    await first.client.close();
    first.server.unreachable = false;
    const again = first.make();
    await again.connect();
    expect(conversation(again)?.draft).toEqual({ text: "two" });
    await first.clock.advance(30_000);
    expect(first.server.log(TALK)).toEqual(["hi", "one"]);
    expect(conversation(again)?.draft).toEqual({ text: "two" });
  });
});
