/** Groups with one log for all: this device follows the log itself. */
import { beforeAll, describe, expect, test } from "vitest";
import { loadParts } from "../../client/engine/parts.ts";
import { fair, place, state } from "../support/client/fair.ts";
import { GROUP, textsOf } from "../support/client/group-talk.ts";

// Loaded with the first frame about such a group; here that takes no time.
beforeAll(loadParts);

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

  test("R7 what was missed comes page by page, to completion", async () => {
    const { client, say, head, settle, asked } = await fair();
    for (let i = 1; i <= 450; i += 1) say(`m${i}`);
    head(450);
    await settle();
    expect(asked).toEqual([0, 200, 400]);
    expect(textsOf(client)).toHaveLength(450);
  });

  test("R11 of very much a page comes at once; what is older is forgotten, and fetched as it is now", async () => {
    const { client, log, say, pass, head, settle, asked } = await fair();
    pass(say("first"), say("second"));
    await settle();
    for (let i = 3; i < 50; i += 1) say(`m${i}`);
    // Nobody is told of the recall while this device is away; it lies among what is not fetched.
    log[0] = { ...log[0], number: 1, body: { kind: "recalled", by: "bob" } } as (typeof log)[0];
    say({ kind: "recall", target: 1 });
    for (let i = 51; i <= 1_450; i += 1) say(`m${i}`);
    head(1_000);
    await settle();
    expect(asked).toEqual([1_250]);
    expect(state(client)).toEqual({ unread: 1_000, head: 1_450 });
    expect(textsOf(client)).toHaveLength(200);
    expect(client.messages(GROUP).get().more).toBe(true);
    const older = client.history(GROUP, { before: 1_251, limit: 50 });
    await settle();
    expect((await older).messages.at(-1)?.number).toBe(1_250);
    expect(textsOf(client).at(0)).toBe("m1201");
    const oldest = client.history(GROUP, { around: 1, limit: 4 });
    await settle();
    expect((await oldest).messages.map(({ content }) => content.kind)).toContain("recalled");
  });

  test("a head that comes after what is numbered behind it is counted with that", async () => {
    const { client, server, say, pass, settle } = await fair();
    for (let i = 1; i < 1_500; i += 1) say(`m${i}`);
    pass(say("the newest"));
    await settle();
    server.send({ t: "head", conversation: GROUP, number: 1_499, unread: 1_000 });
    await settle();
    expect(state(client)).toEqual({ unread: 1_001, head: 1_500 });
  });

  test("a head that comes after a later one takes nothing of it back", async () => {
    const { client, server, say, head, settle } = await fair();
    for (const text of ["one", "two", "three"]) say(text);
    server.get = () => ({ response: new Promise(() => {}), cancel: () => {} });
    head(3);
    server.send({ t: "head", conversation: GROUP, number: 2, unread: 2 });
    await settle();
    expect(state(client)).toEqual({ unread: 3, head: 3 });
  });

  test("a head that counts from a mark which is not known here yet is no older for that", async () => {
    const { client, server, say, pass, settle } = await fair();
    for (const text of ["one", "two", "three", "four"]) pass(say(text));
    await settle();
    server.rule = ({ t }) => (t === "read" ? "swallow" : undefined);
    await client.markRead(GROUP, 1);
    // Another device has read on, which the timeline tells later.
    server.send({ t: "head", conversation: GROUP, number: 4, unread: 1, read: 3 });
    await settle();
    expect(state(client)).toEqual({ unread: 1, head: 4 });
    server.send({ t: "head", conversation: GROUP, number: 4, unread: 4, read: 0 });
    await settle();
    expect(state(client)).toEqual({ unread: 1, head: 4 });
  });

  test("a head that comes before the place of a new stay counts for that stay", async () => {
    const { client, server, say, pass, head, settle } = await fair();
    pass(say("one"), say("two"));
    await settle();
    say({ kind: "members-add", users: ["alice"] });
    say("hello again");
    head(1);
    await settle();
    server.note(GROUP, place({ version: 3, from: 3, history: "join" }));
    await settle();
    expect(state(client)).toEqual({ unread: 1, head: 4 });
  });

  test("R11 a page brings back no words that are recalled while it is asked for", async () => {
    const { client, server, say, pass, head, settle, log } = await fair();
    for (let i = 1; i <= 1_450; i += 1) say(`m${i}`);
    head(1_000);
    await settle();
    const { get } = server;
    let asks = 0;
    server.get = (url, token) => {
      asks += 1;
      // Made up before the recall, which overtakes it.
      const answer = get(url, token);
      if (asks === 1) {
        pass(say({ kind: "recall", target: 1_240 }));
        log[1_239] = { ...say("unsaid"), number: 1_240, body: { kind: "recalled", by: "bob" } };
        log.pop();
        const response = settle().then(() => answer.response);
        return { response, cancel: () => {} };
      }
      return answer;
    };
    const older = client.history(GROUP, { before: 1_251, limit: 50 });
    for (let i = 0; i < 4; i += 1) await settle();
    const kinds = (await older).messages.filter(({ number }) => number === 1_240);
    expect(kinds.map(({ content }) => content.kind)).toEqual(["recalled"]);
    expect(asks).toBe(2);
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
