/** Coming back into a group whose past is shown: what was kept from this device meanwhile. */
import { describe, expect, test } from "vitest";
import type { Entry } from "../../protocol/entries.ts";
import type { Membership } from "../../protocol/groups.ts";
import { fair, place as large } from "../support/client/fair.ts";
import type { FakeServer } from "../support/client/fake-server.ts";
import { conversation, GROUP, place, textsOf } from "../support/client/group-talk.ts";
import { lab } from "../support/client/lab.ts";

/** Of a group that shows itself from the start. */
const shown = (fields: Partial<Membership> = {}) => place({ history: "start", ...fields });

const askedFor = (server: FakeServer) =>
  server.frames.flatMap((frame) => (frame.t === "history" ? [frame.after] : []));

/** From now on the server says this of the entry with that number. */
function becomes(server: FakeServer, number: number, change: Partial<Entry>): void {
  const at = server.entries.findIndex((one) => one.number === number);
  const before = server.entries[at];
  if (before !== undefined) server.entries[at] = { ...before, ...change };
}

/** This user is out since after the first message; the device was fed stubs for what was before. */
async function awayWithStubs() {
  const parts = lab();
  const { client, server, clock } = parts;
  client.messages(GROUP).subscribe(() => {});
  await client.connect();
  server.note(GROUP, shown());
  server.arrive(GROUP, { kind: "text", text: "hello" });
  server.arrive(GROUP, { kind: "withheld" });
  server.arrive(GROUP, { kind: "withheld" });
  server.note(GROUP, shown({ version: 4, state: "removed" }));
  await clock.advance(100);
  const settle = async () => {
    for (let i = 0; i < 20; i += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      await clock.advance(10);
    }
  };
  /** Visible again: a message, and a reaction to what this device has. */
  const comeBack = () => {
    becomes(server, 1, { changes: { reactions: { "👍": ["carol"] } } });
    becomes(server, 2, { body: { kind: "text", text: "kept from you" } });
    becomes(server, 3, { body: { kind: "reaction", target: 1, emoji: "👍", on: true } });
    server.note(GROUP, shown({ version: 5 }));
  };
  return { ...parts, settle, comeBack };
}

describe("who comes back into a group that shows its past", () => {
  test("R15 sees what came as stubs meanwhile, and what that said about other messages", async () => {
    const { client, server, settle, comeBack } = await awayWithStubs();
    expect(textsOf(client)).toEqual(["hello"]);
    comeBack();
    await settle();
    expect(textsOf(client)).toEqual(["hello", "kept from you"]);
    const [hello] = client.messages(GROUP).get().messages;
    expect(hello?.reactions).toEqual({ "👍": ["carol"] });
    expect(conversation(client)).toMatchObject({
      unread: 0,
      last: { content: { text: "kept from you" } },
    });
    expect(askedFor(server)).toEqual([0]);
  });

  test("R15 asks again in the next session where there was no answer", async () => {
    const { client, server, settle, comeBack, clock } = await awayWithStubs();
    server.rule = ({ t }) => (t === "history" ? "swallow" : undefined);
    comeBack();
    await settle();
    await clock.advance(60_000);
    expect(textsOf(client)).toEqual(["hello"]);
    server.rule = () => undefined;
    server.cut();
    await clock.advance(30_000);
    await settle();
    expect(textsOf(client)).toEqual(["hello", "kept from you"]);
  });

  test("R15 sees what came as stubs of a later stay too, which began while it asked", async () => {
    const { client, server, settle, comeBack } = await awayWithStubs();
    server.rule = ({ t }) => {
      if (t !== "history") return undefined;
      // Told before the answer, which was made up while they were out.
      if (askedFor(server).length === 1) {
        server.note(GROUP, shown({ version: 6, state: "left" }));
        server.arrive(GROUP, { kind: "withheld" });
        server.note(GROUP, shown({ version: 8 }));
      } else becomes(server, 4, { body: { kind: "text", text: "kept again" } });
      return undefined;
    };
    comeBack();
    await settle();
    expect(textsOf(client)).toEqual(["hello", "kept from you", "kept again"]);
  });

  test("R11 brings back no words that are recalled while it asks", async () => {
    const { client, server, settle, comeBack } = await awayWithStubs();
    server.rule = ({ t }) => {
      if (t !== "history") return undefined;
      // Told before the answer, which was made up before that.
      if (askedFor(server).length === 1) server.arrive(GROUP, { kind: "recall", target: 1 });
      else becomes(server, 1, { body: { kind: "recalled", by: "bob" } });
      return undefined;
    };
    comeBack();
    await settle();
    expect(textsOf(client)).toEqual(["recalled", "kept from you"]);
    expect(askedFor(server)).toEqual([0, 0]);
  });

  test("R11 reads a large group's log again: this user's object has what it was handed alone", async () => {
    const { client, server, say, pass, settle, asked } = await fair();
    pass(say("hello"));
    await settle();
    server.arrive(GROUP, { kind: "text", text: "hello" }, "bob:deviceofbob:1");
    server.note(GROUP, large({ version: 2, state: "left" }));
    server.arrive(GROUP, { kind: "withheld" }, "alice:another:1");
    say({ kind: "leave" }, "alice:another:1");
    say({ kind: "reaction", target: 1, emoji: "👍", on: true });
    await settle();
    server.note(GROUP, large({ version: 4 }));
    await settle();
    server.send({ t: "head", conversation: GROUP, number: 3, unread: 0 });
    await settle();
    expect(client.messages(GROUP).get().messages[0]?.reactions).toEqual({ "👍": ["bob"] });
    expect(askedFor(server)).toEqual([]);
    expect(asked).toContain(0);
  });

  test("R26 reads in the log what is edited of it once there are copies again", async () => {
    const { client, server, log, say, pass, settle, asked } = await fair();
    pass(say("hello"));
    server.note(GROUP, large({ version: 2, mode: "copy", copyFrom: 2 }));
    server.skipTo(GROUP, say({ kind: "group-mode", mode: "copy" }).number);
    server.arrive(GROUP, { kind: "group-mode", mode: "copy" });
    await settle();
    expect(asked).toEqual([]);
    // This user's object has no row of what is edited.
    const edit = (text: string) => {
      const { number } = say({ kind: "edit", target: 1, text });
      const body = { kind: "text", text } as const;
      log.splice(0, 1, {
        number: 1,
        id: "bob:deviceofbob:1",
        at: 1,
        body,
        changes: { edited: number },
      });
      server.arrive(GROUP, { kind: "withheld" });
    };
    const { get } = server;
    server.get = (...args) => {
      const answer = get(...args);
      // Told before the answer, which was made up before that.
      if (asked.length === 1) edit("hello again");
      return answer;
    };
    edit("hullo");
    await settle();
    expect(textsOf(client)).toContain("hello again");
    expect(asked).toEqual([0, 0]);
  });

  test("asks for nothing where no stub came", async () => {
    const { client, server, clock } = lab();
    await client.connect();
    server.note(GROUP, shown());
    server.arrive(GROUP, { kind: "text", text: "hello" });
    server.note(GROUP, shown({ version: 2, state: "left" }));
    server.note(GROUP, shown({ version: 3 }));
    await clock.advance(1_000);
    expect(askedFor(server)).toEqual([]);
  });
});

test("R9 a group that one has left is told no read marks, in no session", async () => {
  const { client, server, clock } = await awayWithStubs();
  // One's own, numbered before one went, comes late.
  server.arrive(GROUP, { kind: "withheld" }, "alice:another:1");
  await clock.advance(100);
  await client.markRead(GROUP, 4);
  server.cut();
  await clock.advance(30_000);
  expect(server.frames.filter(({ t }) => t === "read")).toEqual([]);
});
