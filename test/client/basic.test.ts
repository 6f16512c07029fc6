/** The client of `holdfast/core`: what it can do without the rest of the SDK. */
import { describe, expect, test } from "vitest";
import { BasicClient, memoryStore } from "../../client/basic.ts";
import { FakeClock } from "../support/client/fake-clock.ts";
import { lab, TALK } from "../support/client/lab.ts";

/** One tab of alice's that forgets. */
async function basic(clock = new FakeClock()) {
  const { server, platform } = lab({ clock });
  const options = { url: "https://chat.test", token: async () => "token", user: "alice" };
  const client = new BasicClient({ ...options, platform, store: memoryStore() });
  const seen: string[] = [];
  client.onMessage(({ content }) => void seen.push("text" in content ? content.text : ""));
  client.messages(TALK).subscribe(() => {});
  await client.connect();
  await clock.advance(10);
  const shown = () => client.messages(TALK).get().messages;
  return { client, server, clock, seen, shown };
}

describe("the client of holdfast/core", () => {
  test("R5 sends, receives, catches up after a cut, marks, and ends", async () => {
    const { client, server, clock, seen, shown } = await basic();
    const sent = client.send(TALK, "hello");
    await clock.advance(100);
    server.text(TALK, "hi");
    await clock.advance(2_000);
    expect(await sent.accepted).toMatchObject({ number: 1 });
    server.cut();
    server.text(TALK, "missed");
    const late = client.send(TALK, "and you?");
    await clock.advance(15_000);
    expect(await late.accepted).toMatchObject({ number: 4 });
    expect(seen).toEqual(["hi", "missed"]);
    await client.markRead(TALK, 4);
    expect(client.conversations.get()).toMatchObject([{ id: TALK, unread: 0, read: 4 }]);
    expect(shown().map(({ state }) => state)).toEqual(["accepted", "read", "read", "accepted"]);
    expect(server.frames.findLast(({ t }) => t === "ack")).toMatchObject({ t: "ack", seq: 4 });
    await client.close();
    expect(client.connection.get().state.kind).toBe("closed");
  });

  test("is offline for who asks it after its end", async () => {
    const { client } = await basic();
    await client.close();
    await expect(client.drop("none")).rejects.toMatchObject({ code: "offline" });
    await client.close();
  });
});
