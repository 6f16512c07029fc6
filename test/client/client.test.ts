import { describe, expect, test } from "vitest";
import { lab, TALK } from "../support/client/lab.ts";

describe("a client and its server", () => {
  test("sends what was queued before there was a connection, once, in order", async () => {
    const { client, server, clock } = lab();
    const handles = ["one", "two", "three"].map((text) => client.send(TALK, text));
    await clock.advance(0);
    expect(server.connects).toBe(0);
    expect(handles.map(({ state }) => state)).toEqual(["queued", "queued", "queued"]);
    await client.connect();
    await clock.advance(100);
    expect(server.log(TALK)).toEqual(["one", "two", "three"]);
    expect(handles.map(({ state }) => state)).toEqual(["accepted", "accepted", "accepted"]);
    expect(await handles[0]?.queued).toBe(await handles[0]?.accepted.then(({ id }) => id));
    const submits = server.frames.filter(({ t }) => t === "submit");
    expect(submits).toHaveLength(1);
  });

  test("shows what others say, and acks it after it is stored", async () => {
    const { client, server, clock } = await lab().started();
    const list = client.messages(TALK);
    const unsubscribe = list.subscribe(() => {});
    server.text(TALK, "hello");
    await clock.advance(1_000);
    expect(list.get().messages.map(({ content }) => content)).toEqual([
      { kind: "text", text: "hello" },
    ]);
    expect(client.conversations.get()).toMatchObject([{ id: TALK, unread: 1, head: 1 }]);
    expect(server.frames.filter(({ t }) => t === "ack")).toEqual([{ t: "ack", seq: 1 }]);
    unsubscribe();
  });

  test("delivered and read follow from the other side's marks", async () => {
    const { client, server, clock } = await lab().started();
    const handle = client.send(TALK, "hi");
    await clock.advance(100);
    server.note(TALK, { kind: "receipt", user: "bob", delivered: 1, read: 0 });
    await clock.advance(0);
    expect(handle.state).toBe("delivered");
    await handle.delivered;
    server.note(TALK, { kind: "receipt", user: "bob", delivered: 1, read: 1 });
    await clock.advance(0);
    expect(handle.state).toBe("read");
  });
});
