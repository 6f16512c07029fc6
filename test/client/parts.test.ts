/** Parts that are loaded when they are needed; here, unlike elsewhere, none is loaded before. */
import { describe, expect, test } from "vitest";
import { BasicClient } from "../../client/basic.ts";
import { CoreClient } from "../../client/client.ts";
import { Later } from "../../client/engine/later.ts";
import { Part } from "../../client/engine/part.ts";
import { memoryStore } from "../../client/memory-store.ts";
import { FakeClock } from "../support/client/fake-clock.ts";
import { FakePlatform } from "../support/client/fake-platform.ts";
import { FakeServer } from "../support/client/fake-server.ts";

const TALK = "direct:alice,bob";

/** A module that loads when the test says so. */
function slow<Module>(module: Module) {
  let calls = 0;
  let settle: (() => void)[] = [];
  const part = new Part(() => {
    calls += 1;
    return new Promise<Module>((resolve, reject) => {
      settle = [() => resolve(module), () => reject(new Error("no network"))];
    });
  });
  return { part, calls: () => calls, come: () => settle[0]?.(), fail: () => settle[1]?.() };
}

/** Loading is real: it takes turns of the real loop, as many as it needs. */
async function comes(clock: FakeClock, isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(10);
  }
}

class Notes {
  readonly taken: string[] = [];
  isStopped = false;

  stop(): void {
    this.isStopped = true;
  }
}

function later(broken: unknown[] = []) {
  const { part, ...rest } = slow({ Notes });
  const notes = new Later(
    part,
    (module) => new module.Notes(),
    (error) => broken.push(error),
  );
  return { notes, ...rest };
}

describe("a part of the SDK", () => {
  test("is loaded once for all who need it at the same time", async () => {
    const { part, calls, come } = slow("it");
    const both = Promise.all([part.load(), part.load()]);
    expect(part.now).toBeUndefined();
    come();
    expect(await both).toEqual(["it", "it"]);
    expect([part.now, calls()]).toEqual(["it", 1]);
  });

  test("that could not be loaded is tried again by the next who needs it", async () => {
    const { part, calls, come, fail } = slow("it");
    const first = part.load();
    fail();
    await expect(first).rejects.toMatchObject({
      code: "offline",
      cause: { message: "no network" },
    });
    const second = part.load();
    come();
    expect([await second, calls()]).toEqual(["it", 2]);
  });

  test("takes what was asked of it before it was there, in order, and makes one thing", async () => {
    const { notes, come } = later();
    notes.do((one) => one.taken.push("first"));
    const got = notes.get();
    notes.do((one) => one.taken.push("second"));
    expect(notes.now).toBeUndefined();
    come();
    expect((await got).taken).toEqual(["first"]);
    await Promise.resolve();
    notes.do((one) => one.taken.push("third"));
    expect(notes.now?.taken).toEqual(["first", "second", "third"]);
  });

  test("tells what kept it from loading where nobody awaits it, and makes nothing after the end", async () => {
    const broken: unknown[] = [];
    const failing = later(broken);
    failing.notes.do((one) => one.taken.push("never"));
    failing.fail();
    await new Promise((resolve) => setImmediate(resolve));
    expect(broken).toMatchObject([{ code: "offline", retryable: true }]);
    const ended = later(broken);
    ended.notes.do((one) => one.taken.push("never"));
    const got = ended.notes.get();
    ended.notes.stop();
    ended.come();
    await expect(got).rejects.toMatchObject({ code: "closed" });
    expect(ended.notes.now).toBeUndefined();
    expect(broken).toHaveLength(1);
  });
});

describe("what conversations have beside messages", () => {
  test("a group, its place and its mentions are folded by a part that comes with them", async () => {
    const clock = new FakeClock();
    const server = new FakeServer("alice", () => clock.now());
    const options = { url: "https://chat.test", token: async () => "token", user: "alice" };
    const group = `group:${"A".repeat(22)}`;
    const make = () => {
      const platform = new FakePlatform(server, clock, {});
      return new BasicClient({ ...options, platform, store });
    };
    const store = memoryStore();
    const client = make();
    const place = (one: BasicClient) => one.conversations.get().find(({ id }) => id === group);
    const seen: string[] = [];
    client.onMessage(({ content }) => void seen.push(content.kind));
    await client.connect();
    server.note(group, {
      ...{
        kind: "membership",
        version: 1,
        state: "member",
        role: "member",
        from: 1,
        title: "Trip",
      },
      ...{ writers: "all", inviters: "admins", history: "join", mode: "copy" },
    });
    server.arrive(group, { kind: "text", text: "alice!", mentions: ["alice"] });
    await comes(clock, () => seen.length > 0);
    const wanted = { group: { title: "Trip", isKnown: true }, mention: 1, unread: 1 };
    expect(place(client)).toMatchObject(wanted);
    await client.close();
    const again = make();
    await again.connect();
    expect(place(again)).toMatchObject(wanted);
    await again.markRead(group, 1);
    expect(place(again)).toMatchObject({ mention: undefined, unread: 0 });
    await again.close();
  });
});

describe("a client that loads its parts", () => {
  test("arranges, drafts, looks at people, jumps and lets messages expire as one that has them", async () => {
    const clock = new FakeClock();
    const server = new FakeServer("alice", () => clock.now());
    const platform = new FakePlatform(server, clock, {});
    const client = new CoreClient({
      ...{ url: "https://chat.test", token: async () => "token", user: "alice" },
      ...{ platform, store: memoryStore() },
    });
    const shown = () => client.conversations.get().find(({ id }) => id === TALK);
    const until = (isSo: () => boolean) => comes(clock, isSo);
    client.messages(TALK).subscribe(() => {});
    client.watchPresence(["bob"]);
    await client.connect();
    const at = clock.now();
    const mortal = { expiresAt: at + 60_000 };
    for (const text of ["one", "two", "three"]) server.text(TALK, text);
    const head = server.arrive(TALK, { kind: "text", text: "soon gone" }, undefined, mortal);
    expect(head.number).toBe(4);
    await until(() => shown()?.head === 4);
    await client.pin(TALK);
    await client.saveDraft(TALK, "I was");
    expect(shown()).toMatchObject({ pinned: true, draft: { text: "I was" } });
    await until(() =>
      ["arrange", "draft", "watch"].every((t) => server.frames.some((f) => f.t === t)),
    );
    const page = await client.history(TALK, { around: 2, limit: 3 });
    expect(page.messages.map(({ number }) => number)).toEqual([1, 2, 3]);
    await clock.advance(61_000);
    await until(() => client.messages(TALK).get().messages.length === 3);
    await client.close();
  });
});
