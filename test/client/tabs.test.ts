/** Several tabs of one browser: one socket, one writer, all show the same. */
import { describe, expect, test } from "vitest";
import { memoryStore } from "../../client/memory-store.ts";
import type { Message } from "../../client/model.ts";
import type { Tabs } from "../../client/ports.ts";
import { FakeClock } from "../support/client/fake-clock.ts";
import { FakeTabs } from "../support/client/fake-platform.ts";
import { FakeServer } from "../support/client/fake-server.ts";
import { GROUP, place } from "../support/client/group-talk.ts";
import { lab, OTHER_TALK, TALK } from "../support/client/lab.ts";

/** A browser with tabs that can be opened, frozen and closed. */
function browser() {
  const clock = new FakeClock();
  const server = new FakeServer("alice", () => clock.now());
  const tabs = new FakeTabs();
  const store = memoryStore();
  let opened = 0;

  /** `early`: said by the app before it connects. */
  async function open(early?: string) {
    opened += 1;
    const name = opened;
    const state = { frozen: false };
    const posts = new HeldPosts();
    const shared = posts.over(tabs.tab(() => state.frozen));
    const parts = lab({ kind: "page", tabs: shared, server, clock, store });
    let ids = 0;
    parts.platform.random.id = () => {
      ids += 1;
      return `tab${String(name).padStart(3, "0")}x${String(ids).padStart(15, "0")}`;
    };
    const list = parts.client.messages(TALK);
    list.subscribe(() => {});
    if (early !== undefined) parts.client.send(TALK, early);
    await clock.advance(10);
    await parts.client.connect();
    await clock.advance(100);
    const shown = () => texts(list.get().messages);
    return { ...parts, state, posts, shown, leads: () => parts.client.connection.get().leader };
  }
  return { clock, server, store, tabs, open };
}

/** The name of the tabs of this user at this server. */
const TEAM = "holdfast:https://chat.test:alice";

/** What a tab says to the others can be late. */
class HeldPosts {
  holds = false;
  /** It ends before it says anything more. */
  mute = false;
  readonly #held: (() => void)[] = [];

  over(tabs: Tabs): Tabs {
    return {
      ...tabs,
      channel: (name, onMessage) => {
        const channel = tabs.channel(name, onMessage);
        const post = (message: unknown) => {
          if (this.mute) return;
          if (this.holds) this.#held.push(() => channel.post(message));
          else channel.post(message);
        };
        return { ...channel, post };
      },
    };
  }

  release(): void {
    this.holds = false;
    for (const post of this.#held.splice(0)) post();
  }
}

function texts(messages: readonly Message[]): string[] {
  return messages.map(({ content }) => ("text" in content ? content.text : content.kind));
}

describe("tabs", () => {
  test("twenty of them have one socket, and all show and send", async () => {
    const { clock, server, open } = browser();
    const all = [];
    for (let index = 0; index < 20; index += 1) all.push(await open());
    expect(server.live).toHaveLength(1);
    expect(all.filter((tab) => tab.leads())).toHaveLength(1);
    const handles = all.map((tab, index) => tab.client.send(TALK, `from tab ${index}`));
    await clock.advance(500);
    const log = server.log(TALK);
    expect([...log].sort()).toEqual(all.map((_, index) => `from tab ${index}`).sort());
    for (const tab of all) expect(tab.shown()).toEqual(log);
    expect(handles.map(({ state }) => state)).toEqual(handles.map(() => "accepted"));
    server.text(TALK, "to all");
    await clock.advance(100);
    for (const tab of all) expect(tab.shown().at(-1)).toBe("to all");
    for (const tab of all) expect(tab.client.connection.get().state.kind).toBe("live");
    for (const tab of all) await tab.client.close();
    expect(clock.pending).toBe(0);
  });

  test("what another tab wrote before goes before, however late the leader hears of it", async () => {
    const { clock, server, open } = browser();
    const [first, second] = [await open(), await open()];
    second.posts.holds = true;
    second.client.send(TALK, "one");
    await clock.advance(10);
    first.client.send(TALK, "two");
    await clock.advance(100);
    expect(server.log(TALK)).toEqual(["one", "two"]);
    expect(first.shown()).toEqual(["one", "two"]);
  });

  test("what a tab wrote before it met the others is sent as well", async () => {
    const { server, open } = browser();
    const first = await open();
    await open("early");
    expect(server.log(TALK)).toEqual(["early"]);
    expect(first.shown()).toEqual(["early"]);
  });

  test("a row that is told after its message has come back is no news", async () => {
    const { clock, server, open } = browser();
    const [first, second] = [await open(), await open()];
    second.posts.holds = true;
    second.client.send(TALK, "one");
    await clock.advance(10);
    first.client.send(TALK, "two");
    await clock.advance(100);
    second.posts.release();
    await clock.advance(100);
    expect(first.shown()).toEqual(["one", "two"]);
    expect(first.client.connection.get().waiting).toBe(0);
    expect(server.log(TALK)).toEqual(["one", "two"]);
  });

  test("what a leader of the past still says of its connection is put right within a beat", async () => {
    const { clock, tabs, open } = browser();
    const [first, second] = [await open(), await open()];
    const past = tabs.tab().channel(TEAM, () => {});
    past.post({ kind: "state", state: { kind: "offline" } });
    await clock.advance(10);
    expect(second.client.connection.get().state.kind).toBe("offline");
    await clock.advance(1_000);
    expect(second.client.connection.get().state.kind).toBe("live");
    expect(first.client.connection.get().state.kind).toBe("live");
  });

  test("R2 what a leader of the past still says of a message that is through is no row again", async () => {
    const { clock, server, store, tabs, open } = browser();
    const first = await open();
    const sent = first.client.send(TALK, "one");
    await sent.queued;
    const { outbox } = await store.read();
    await clock.advance(1_000);
    const status = { kind: "accepted", ...(await sent.accepted) };
    const change = { outbox: outbox.map((row) => ({ ...row, status, draft: 1 })) };
    const past = tabs.tab().channel(TEAM, () => {});
    past.post({ kind: "change", change });
    await clock.advance(10);
    // The next draft would wait for it.
    await first.client.saveDraft(TALK, "two");
    await clock.advance(10_000);
    expect(server.frames.filter(({ t }) => t === "draft")).toHaveLength(1);
    expect(first.shown()).toEqual(["one"]);
  });

  test("when the leader closes the next one is live within a second", async () => {
    const { clock, server, open } = browser();
    const [first, second] = [await open(), await open()];
    server.rule = (frame) => (frame.t === "submit" ? "swallow" : undefined);
    second.client.send(TALK, "under way");
    await clock.advance(10);
    server.rule = () => undefined;
    await first.client.close();
    await clock.advance(1_000);
    expect(second.leads()).toBe(true);
    expect(second.client.connection.get().state.kind).toBe("live");
    expect(server.log(TALK)).toEqual(["under way"]);
    expect(server.live).toHaveLength(1);
  });

  test("L3 what a leader wrote and did not live to tell is known in all other tabs", async () => {
    const { clock, server, open } = browser();
    const [first, second, third] = [await open(), await open(), await open()];
    const all = [second.client.send(TALK, "from the second"), third.client.send(TALK, "third")];
    first.posts.mute = true;
    const heard = all.map(({ accepted }) => accepted.then(({ number }) => number));
    await clock.advance(500);
    expect(server.log(TALK)).toHaveLength(2);
    expect(all.map(({ state }) => state)).not.toContain("accepted");
    await first.client.close();
    await clock.advance(1_000);
    expect(await Promise.all(heard)).toEqual([1, 2]);
    expect(all.map(({ state }) => state)).toEqual(["accepted", "accepted"]);
    for (const tab of [second, third]) {
      expect(tab.shown()).toEqual(server.log(TALK));
      expect(tab.client.connection.get().waiting).toBe(0);
    }
  });

  test("L3 what was dropped and not told is known as dropped", async () => {
    const { clock, server, open } = browser();
    const [first, , third] = [await open(), await open(), await open()];
    server.unreachable = true;
    server.cut();
    const handle = third.client.send(TALK, "never mind");
    await clock.advance(10);
    first.posts.mute = true;
    await Promise.all([first.client.drop(handle.key), clock.advance(10)]);
    await first.client.close();
    const refused = handle.accepted.catch((error: unknown) => error);
    await clock.advance(1_000);
    expect(await refused).toMatchObject({ code: "dropped" });
  });

  test.each([
    ["dropped", "rejected"],
    ["ahead of the log", "fulfilled"],
  ])("L3 so it is in a large group, also what came %s", async (what, status) => {
    const { clock, server, open } = browser();
    const [first, , third] = [await open(), await open(), await open()];
    server.note(GROUP, place({ history: "start", mode: "large" }));
    await clock.advance(100);
    const isDropped = what === "dropped";
    if (isDropped) server.unreachable = true;
    if (isDropped) server.cut();
    // Others have said much that this device has not fetched.
    else server.skipTo(GROUP, 50);
    const handle = third.client.send(GROUP, "never mind");
    const settled = Promise.allSettled([handle.accepted]);
    await clock.advance(isDropped ? 10 : 0);
    first.posts.mute = true;
    if (isDropped) await Promise.all([first.client.drop(handle.key), clock.advance(10)]);
    else await clock.advance(500);
    await first.client.close();
    await clock.advance(1_000);
    expect(await settled).toMatchObject([{ status }]);
  });

  test("L3 what became of a message while its tab was put away is known there when it is back", async () => {
    const { clock, server, open } = browser();
    const [first, second] = [await open(), await open()];
    const handle = second.client.send(TALK, "before it went");
    await handle.queued;
    second.platform.live("suspend");
    await clock.advance(500);
    expect(server.log(TALK)).toEqual(["before it went"]);
    expect(handle.state).not.toBe("accepted");
    second.platform.live("resume");
    await clock.advance(500);
    expect(handle.state).toBe("accepted");
    expect(await handle.accepted).toMatchObject({ number: 1 });
    expect(second.shown()).toEqual(first.shown());
    expect(second.client.connection.get().waiting).toBe(0);
  });

  test("a frozen leader is replaced within 3 s, and can neither write nor send once it thaws", async () => {
    const { clock, server, store, open } = browser();
    const [first, second] = [await open(), await open()];
    expect(first.leads()).toBe(true);
    first.state.frozen = true;
    await clock.advance(3_000);
    expect(second.leads()).toBe(true);
    const { meta } = await store.read();
    expect(meta.epoch).toBe(2);
    const hellos = server.frames.flatMap((frame) => (frame.t === "hello" ? [frame.epoch] : []));
    expect(hellos).toEqual([1, 2]);
    first.state.frozen = false;
    server.text(TALK, "after");
    await clock.advance(1_000);
    expect(first.leads()).toBe(false);
    expect(second.shown()).toEqual(["after"]);
    expect(first.shown()).toEqual(["after"]);
    expect(server.live.filter(({ greeted }) => greeted)).toHaveLength(1);
  });

  test("a follower's calls are done by the leader, and answered", async () => {
    const { clock, server, open } = browser();
    const [, second] = [await open(), await open()];
    server.judge = ({ body }) =>
      body.kind === "text" && body.text === "bad" ? { code: "not-allowed" } : undefined;
    const bad = second.client.send(TALK, "bad");
    second.client.send(TALK, "good");
    await clock.advance(100);
    expect(bad.state).toBe("failed");
    await Promise.all([second.client.drop(bad.key), clock.advance(10)]);
    await clock.advance(100);
    expect(server.log(TALK)).toEqual(["good"]);
    for (let index = 0; index < 3; index += 1) server.text(OTHER_TALK, `m${index}`);
    await clock.advance(100);
    await Promise.all([second.client.markRead(OTHER_TALK, 3), clock.advance(100)]);
    expect(server.frames).toContainEqual({ t: "read", conversation: OTHER_TALK, number: 3 });
    const refused = second.client.drop("no such key").catch((error: unknown) => error);
    await clock.advance(100);
    expect(await refused).toMatchObject({ code: "unknown-key" });
  });

  test("a handler is called in one tab only, and goes on in the next leader", async () => {
    const { clock, server, open } = browser();
    const [first, second] = [await open(), await open()];
    const seen: string[] = [];
    for (const [name, tab] of [
      ["first", first],
      ["second", second],
    ] as const) {
      tab.client.onMessage(({ number }) => void seen.push(`${name} ${number}`));
    }
    server.text(TALK, "a");
    await clock.advance(1_000);
    await first.client.close();
    await clock.advance(1_000);
    server.text(TALK, "b");
    await clock.advance(1_000);
    expect(seen).toEqual(["first 1", "second 2"]);
  });

  test("R21 what any tab wants is kept by the leader, in the order of that tab, and outlives it", async () => {
    const { clock, server, open } = browser();
    const first = await open();
    const second = await open();
    server.text(TALK, "hi");
    await clock.advance(1_000);
    const draftIn = (tab: typeof first) =>
      tab.client.conversations.get().find(({ id }) => id === TALK)?.draft?.text;
    server.unreachable = true;
    server.cut();
    void second.client.pin(TALK);
    void second.client.saveDraft(TALK, "one");
    const sent = second.client.send(TALK, "one", { fromDraft: true });
    void second.client.saveDraft(TALK, "two");
    await clock.advance(1_000);
    expect([draftIn(first), draftIn(second)]).toEqual(["two", "two"]);
    await first.client.close();
    server.unreachable = false;
    await clock.advance(30_000);
    expect(second.leads()).toBe(true);
    expect((await sent.accepted).number).toBe(2);
    expect(draftIn(second)).toBe("two");
    const told = server.frames.filter(({ t }) => t === "draft" || t === "arrange");
    expect(told).toMatchObject([{ change: { pinned: true } }, { text: "two" }]);
  });
});
