/** What an app's handler gets of groups with one log for all: each entry once, in order. */
import { beforeAll, describe, expect, test } from "vitest";
import type { CoreClient } from "../../client/client.ts";
import { loadParts } from "../../client/engine/parts.ts";
import { memoryStore } from "../../client/memory-store.ts";
import type { Message } from "../../client/model.ts";
import { fair, place } from "../support/client/fair.ts";
import { GROUP, textsOf } from "../support/client/group-talk.ts";
import { OTHER_TALK, TALK } from "../support/client/lab.ts";

beforeAll(loadParts);

const textOf = ({ content }: Message) => ("text" in content ? content.text : content.kind);

/** An app that takes what it is handed, unless it is told to refuse it. */
function app() {
  const seen: string[] = [];
  const refused = new Set<string>();
  let running = 0;
  const listen = (client: CoreClient) => {
    client.onMessage(async (message) => {
      running += 1;
      expect(running).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      const text = textOf(message);
      if (refused.has(text)) throw new Error("not now");
      seen.push(text);
    });
  };
  return { seen, refused, listen };
}

describe("R5 the app's handler and a large group", () => {
  test("R5 what passes and what is fetched is handed once, in order, one after the other", async () => {
    const { seen, listen } = app();
    const { server, say, pass, head, settle } = await fair({}, listen);
    for (const text of ["one", "two"]) say(text);
    head(2);
    server.text(TALK, "aside");
    await settle();
    pass(say("three"));
    say("lost on the way");
    pass(say("five"));
    await settle();
    expect(seen.filter((text) => text !== "aside")).toEqual([
      ...["one", "two", "three", "lost on the way", "five"],
    ]);
    expect(seen).toHaveLength(6);
  });

  test("R3 what the timeline brings early is handed in its place, and once", async () => {
    const { seen, listen } = app();
    const { server, say, pass, head, settle } = await fair({}, listen);
    say("one");
    head(1);
    await settle();
    say("two");
    const meant = say({ kind: "text", text: "@alice", mentions: ["alice"] });
    server.skipTo(GROUP, 3);
    server.arrive(GROUP, meant.body, meant.id);
    await settle();
    expect(seen).toEqual(["one"]);
    pass(meant);
    await settle();
    server.arrive(GROUP, { kind: "reaction", target: 3, emoji: "+", on: true });
    pass(say({ kind: "reaction", target: 3, emoji: "+", on: true }));
    await settle();
    expect(seen).toEqual(["one", "two", "@alice", "reaction"]);
  });

  test("R5 one that throws is not passed: its group waits, nothing else does", async () => {
    const { seen, refused, listen } = app();
    const { server, clock, say, pass, settle } = await fair({}, listen);
    refused.add("two");
    for (const text of ["one", "two", "three"]) pass(say(text));
    await settle();
    server.text(TALK, "elsewhere");
    server.text(OTHER_TALK, "there too");
    await settle();
    expect(seen).toEqual(["one", "elsewhere", "there too"]);
    refused.clear();
    await clock.advance(1_000);
    await settle();
    expect(seen).toEqual(["one", "elsewhere", "there too", "two", "three"]);
  });

  test("R5 what the app had not taken comes after a restart, and nothing twice", async () => {
    const store = memoryStore();
    const first = app();
    first.refused.add("two");
    const before = await fair({ store }, first.listen);
    for (const text of ["one", "two", "three"]) before.pass(before.say(text));
    await before.settle();
    await before.client.close();
    expect(first.seen).toEqual(["one"]);
    const second = app();
    const { clock, server } = before;
    await fair({ store, server, clock }, second.listen).then(({ settle }) => settle());
    expect(second.seen).toEqual(["two", "three"]);
  });

  test("R7 whoever was away for long is handed all of it, the newest page being shown first", async () => {
    const { seen, listen } = app();
    const { say, head, settle, asked } = await fair({}, listen);
    const all = Array.from({ length: 1_450 }, (_, index) => `m${index + 1}`);
    for (const text of all) say(text);
    head(1_000);
    for (let i = 0; i < 100 && seen.length < all.length; i += 1) await settle();
    expect(asked[0]).toBe(1_250);
    expect(seen).toEqual(all);
  });

  test("R26 a switch to and fro, also while away: what lies between is handed in its place", async () => {
    const { seen, listen } = app();
    const { server, log, say, pass, settle } = await fair({}, listen);
    server.note(GROUP, place({ version: 2, mode: "copy", copyFrom: 1 }));
    const copied = (text: string) => {
      server.skipTo(GROUP, say(text).number);
      server.text(GROUP, text);
    };
    copied("copied");
    server.note(GROUP, place({ version: 3, mode: "large" }));
    await settle();
    pass(say("passed"));
    await settle();
    // Not heard of here: two more, and copies again from the fifth on.
    for (const text of ["missed", "missed too"]) say(text);
    server.note(GROUP, place({ version: 5, mode: "copy", copyFrom: 5 }));
    copied("copied again");
    await settle();
    expect(seen).toEqual(["copied", "passed", "missed", "missed too", "copied again"]);
    // Both switches while this user's object was out of reach: no word of the first one.
    say("between");
    server.note(GROUP, place({ version: 7, mode: "copy", copyFrom: 7 }));
    copied("and on");
    await settle();
    expect(seen.slice(5)).toEqual(["between", "and on"]);
    expect(log).toHaveLength(7);
  });

  test("R26 what it refused of a copy comes in its place, though it was read again meanwhile", async () => {
    const { seen, refused, listen } = app();
    const { server, clock, say, pass, settle, asked } = await fair({}, listen, { mode: "copy" });
    const copied = (text: string) => {
      server.skipTo(GROUP, say(text).number);
      server.text(GROUP, text);
    };
    refused.add("copied");
    copied("copied");
    server.note(GROUP, place({ version: 2, mode: "large" }));
    pass(say("passed"));
    await settle();
    say("missed");
    server.note(GROUP, place({ version: 4, mode: "copy", copyFrom: 4 }));
    copied("copied again");
    await settle();
    expect(asked).toEqual([0]);
    refused.clear();
    await clock.advance(1_000);
    await settle();
    expect(seen).toEqual(["copied", "passed", "missed", "copied again"]);
  });

  test("R5 without a handler all is handed; one that is set later begins where it was set", async () => {
    const store = memoryStore();
    const before = await fair({ store });
    for (const text of ["one", "two"]) before.pass(before.say(text));
    await before.settle();
    await before.client.close();
    const { seen, listen } = app();
    const { clock, server } = before;
    const after = await fair({ store, server, clock }, listen);
    for (const { body } of before.log) after.say(body);
    after.pass(after.say("three"));
    await after.settle();
    expect(seen).toEqual(["three"]);
  });

  test("R15 who comes back is handed what is said from then on", async () => {
    const { seen, listen } = app();
    const { server, say, pass, settle } = await fair({}, listen);
    pass(say("one"));
    await settle();
    server.note(GROUP, place({ version: 2, state: "removed" }));
    await settle();
    for (const text of ["unheard", "unheard too"]) say(text);
    server.note(GROUP, place({ version: 3, from: 4 }));
    await settle();
    pass(say("back"));
    await settle();
    expect(seen).toEqual(["one", "back"]);
  });

  test("R7 who begins from the state is handed what follows the group's first word", async () => {
    const { seen, listen } = app();
    const parts = await fair({}, listen);
    const { server, say, pass, head, settle, clock } = parts;
    pass(say("one"));
    await settle();
    for (const text of ["two", "three"]) say(text);
    const stateOf = server.stateOf.bind(server);
    server.skipTo(GROUP, 2);
    server.stateOf = (id) => ({ ...stateOf(id), ...(id === GROUP ? { membership: place() } : {}) });
    server.text(TALK, "beyond the floor");
    await clock.advance(2_000);
    server.floor = 100;
    server.cut();
    await clock.advance(20_000);
    seen.length = 0;
    head(3);
    await settle();
    pass(say("four"));
    await settle();
    expect(seen).toEqual(["four"]);
  });
});

describe("R17 what the app always refuses of a log", () => {
  const refusing = async (store = memoryStore()) => {
    const { seen, refused, listen } = app();
    const parts = await fair({ store }, listen);
    refused.add("two");
    for (const text of ["one", "two", "three"]) parts.pass(parts.say(text));
    await parts.settle();
    return { ...parts, store, seen, refused };
  };

  test("R17 it is a placeholder after the fifth time, says why, and what follows is handed", async () => {
    const { client, clock, settle, seen } = await refusing();
    for (const delayMs of [1_000, 10_000, 60_000]) {
      await clock.advance(delayMs);
      await settle();
    }
    expect(seen).toEqual(["one"]);
    expect(textsOf(client)).toEqual(["one", "two", "three"]);
    await clock.advance(300_000);
    await settle();
    expect(seen).toEqual(["one", "three"]);
    const { messages } = client.messages(GROUP).get();
    expect(messages[1]?.content).toEqual({ kind: "placeholder", reason: "not now" });
  });

  test("R17 refusals before a restart count", async () => {
    const store = memoryStore();
    const { server, clock, log, client } = await refusing(store);
    await client.close();
    for (let start = 2; start <= 5; start += 1) {
      const { seen, refused, listen } = app();
      refused.add("two");
      const again = await fair({ store, server, clock }, listen);
      for (const { body } of log) again.say(body);
      await again.settle();
      expect(seen).toEqual(start < 5 ? [] : ["three"]);
      await again.client.close();
    }
  });

  test("R17 what the timeline has brought as well comes from the log, too", async () => {
    const { seen, refused, listen } = app();
    const { client, server, clock, say, pass, head, settle } = await fair({}, listen);
    say("one");
    head(1);
    await settle();
    refused.add("@alice");
    const meant = say({ kind: "text", text: "@alice", mentions: ["alice"] });
    server.skipTo(GROUP, 2);
    server.arrive(GROUP, meant.body, meant.id);
    pass(meant);
    for (let i = 0; i < 5; i += 1) {
      await settle();
      await clock.advance(300_000);
    }
    expect(textsOf(client)).toEqual(["one", "placeholder"]);
    const retried = client.retryEntry(GROUP, 2);
    await settle();
    await retried;
    expect(textsOf(client)).toEqual(["one", "@alice"]);
    expect(seen).toEqual(["one"]);
    expect(server.frames.map(({ t }) => t)).not.toContain("retry-entry");
  });

  test("R17 it comes on request, as it is now, and goes to no handler", async () => {
    const { client, clock, settle, seen, refused } = await refusing();
    await clock.advance(371_000);
    await settle();
    await clock.advance(371_000);
    await settle();
    refused.clear();
    const retried = client.retryEntry(GROUP, 2);
    await settle();
    await retried;
    expect(textsOf(client)).toEqual(["one", "two", "three"]);
    expect(seen).toEqual(["one", "three"]);
    await expect(client.retryEntry(GROUP, 2)).rejects.toMatchObject({ code: "not-found" });
  });
});
