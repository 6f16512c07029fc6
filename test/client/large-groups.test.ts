/** Groups with one log for all: this device follows the log itself. */
import { beforeAll, describe, expect, test } from "vitest";
import type { CoreClient } from "../../client/client.ts";
import type { Body } from "../../protocol/entries.ts";
import type { Membership } from "../../protocol/groups.ts";
import type { LoggedEntry } from "../../protocol/large-groups.ts";
import { lab } from "../support/client/lab.ts";

const GROUP = `group:${"A".repeat(22)}`;

// Loaded with the first frame about such a group; here that takes no time.
beforeAll(() => import("../../client/engine/following.ts"));

function place(fields: Partial<Membership> = {}): Membership {
  return {
    kind: "membership",
    ...{ version: 1, state: "member", role: "member", from: 1, title: "Fair" },
    ...{ writers: "all", inviters: "admins", history: "start", mode: "large" },
    ...fields,
  };
}

/** The group's log, as the group would tell it over HTTP and pass it through. */
async function fair() {
  const parts = lab();
  const { client, server, clock } = parts;
  const log: LoggedEntry[] = [];
  const asked: number[] = [];
  const say = (body: Body | string, id = `bob:deviceofbob:${log.length + 1}`) => {
    const content: Body = typeof body === "string" ? { kind: "text", text: body } : body;
    const entry = { number: log.length + 1, id, at: 1_000 + log.length, body: content };
    log.push(entry);
    return entry;
  };
  const pass = (...entries: LoggedEntry[]) => {
    const [from, to] = [entries[0]?.number ?? 0, entries.at(-1)?.number ?? 0];
    server.send({ t: "log", conversation: GROUP, from, to, entries });
  };
  server.get = (url) => {
    const { searchParams } = new URL(url);
    const after = Number(searchParams.get("after"));
    asked.push(after);
    const entries = log.slice(after, after + Number(searchParams.get("limit")));
    const body = { entries, head: log.length };
    return { response: Promise.resolve({ status: 200, body }), cancel: () => {} };
  };
  const head = (unread: number) =>
    server.send({ t: "head", conversation: GROUP, number: log.length, unread });
  client.messages(GROUP).subscribe(() => {});
  await client.connect();
  server.note(GROUP, place());
  await clock.advance(100);
  const settle = async () => {
    for (let i = 0; i < 20; i += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      await clock.advance(10);
    }
  };
  return { ...parts, log, asked, say, pass, head, settle };
}

const textsOf = (client: CoreClient) =>
  client
    .messages(GROUP)
    .get()
    .messages.map(({ content }) => ("text" in content ? content.text : content.kind));

function state(client: CoreClient) {
  const { unread, head } = client.conversations.get().find(({ id }) => id === GROUP) ?? {};
  return { unread, head };
}

describe("a large group", () => {
  test("R7 what was missed is fetched, what passes through continues it, a hole is filled", async () => {
    const { client, server, say, pass, head, settle, asked } = await fair();
    for (const text of ["one", "two"]) say(text);
    head(2);
    await settle();
    expect(textsOf(client)).toEqual(["one", "two"]);
    expect(state(client)).toEqual({ unread: 2, head: 2 });
    pass(say("three"));
    await settle();
    say("lost on the way");
    pass(say("five"));
    await settle();
    expect(textsOf(client)).toEqual(["one", "two", "three", "lost on the way", "five"]);
    expect(state(client)).toEqual({ unread: 5, head: 5 });
    expect(asked).toEqual([0, 3]);
    const have = server.frames.flatMap((frame) => (frame.t === "have" ? [frame.number] : []));
    expect(have).toEqual([2, 3, 5]);
    await client.markRead(GROUP, 4);
    expect(state(client)).toEqual({ unread: 1, head: 5 });
  });

  test("R3 what the timeline brings too is shown once, in its place", async () => {
    const { client, server, say, pass, head, settle } = await fair();
    say("one");
    head(1);
    await settle();
    const meant = say({ kind: "text", text: "@alice", mentions: ["alice"] });
    const seen: string[] = [];
    client.on("message", ({ message }) => {
      if ("text" in message.content) seen.push(message.content.text);
    });
    server.skipTo(GROUP, 2);
    server.arrive(GROUP, meant.body, meant.id);
    await settle();
    // Ahead of the log: told as a mention, counted when its turn comes.
    expect(client.conversations.get()[0]).toMatchObject({ unread: 1, head: 1, mention: 2 });
    expect(textsOf(client)).toEqual(["one"]);
    pass(meant);
    await settle();
    expect(textsOf(client)).toEqual(["one", "@alice"]);
    expect(state(client)).toEqual({ unread: 2, head: 2 });
    expect(seen).toEqual(["@alice"]);
    const recall = say({ kind: "recall", target: 2 });
    server.arrive(GROUP, recall.body, recall.id);
    await settle();
    pass(recall);
    await settle();
    expect(textsOf(client)).toEqual(["one", "recalled"]);
    expect(state(client)).toEqual({ unread: 1, head: 3 });
  });

  test("R3 one's own message keeps its key, whichever way it comes first", async () => {
    const { client, server, log, say, pass, head, settle } = await fair();
    say("one");
    head(1);
    await settle();
    server.skipTo(GROUP, 2);
    const sent = client.send(GROUP, "mine");
    await sent.queued;
    await settle();
    const mine = server.entries.find(({ number }) => number === 2);
    log.push({ number: 2, id: mine?.id ?? "", at: 2_000, body: { kind: "text", text: "mine" } });
    say("three");
    pass(...log.slice(1));
    await settle();
    expect(textsOf(client)).toEqual(["one", "mine", "three"]);
    expect(client.messages(GROUP).get().messages[1]?.key).toBe(sent.key);
    expect(await sent.accepted).toMatchObject({ number: 2 });
  });

  test("R7 of very much that was missed a page comes at once, the rest when somebody looks", async () => {
    const { client, say, head, settle, asked } = await fair();
    for (let i = 1; i <= 450; i += 1) say(`m${i}`);
    head(450);
    await settle();
    expect(asked).toEqual([250]);
    expect(state(client)).toEqual({ unread: 450, head: 450 });
    expect(textsOf(client)).toHaveLength(200);
    expect(client.messages(GROUP).get().more).toBe(true);
    const older = client.history(GROUP, { before: 251, limit: 50 });
    await settle();
    expect((await older).messages.map(({ number }) => number)).toEqual(
      Array.from({ length: 50 }, (_, index) => 201 + index),
    );
    expect(textsOf(client).at(0)).toBe("m201");
  });

  test("R3 a switch goes on where the copy ends, and back", async () => {
    const { client, server, settle, pass } = await fair();
    server.note(GROUP, place({ version: 2, mode: "copy" }));
    server.text(GROUP, "copied");
    await settle();
    server.note(GROUP, place({ version: 3, mode: "large" }));
    await settle();
    pass({ number: 2, id: "bob:deviceofbob:9", at: 5, body: { kind: "text", text: "passed" } });
    await settle();
    server.note(GROUP, place({ version: 4, mode: "copy" }));
    server.skipTo(GROUP, 3);
    server.text(GROUP, "copied again");
    await settle();
    expect(textsOf(client)).toEqual(["copied", "passed", "copied again"]);
    expect(state(client)).toEqual({ unread: 3, head: 3 });
  });
});
