/** Pages from anywhere in a conversation: from the local store where it has them, else fetched. */
import { describe, expect, test } from "vitest";
import { HoldfastError } from "../../client/errors.ts";
import type { HistoryPage } from "../../client/model.ts";
import type { ClientFrame } from "../../protocol/client-frames.ts";
import { lab, TALK } from "../support/client/lab.ts";

const texts = ({ messages }: HistoryPage) =>
  messages.map(({ content }) => (content.kind === "text" ? content.text : content.kind));

/** A device that was away while 100 messages came, and has only the newest of them. */
async function returned() {
  const parts = await lab().started();
  const { server, clock } = parts;
  server.text(TALK, "m1");
  await clock.advance(1_000);
  server.cut();
  for (let number = 2; number <= 100; number++) server.text(TALK, `m${number}`);
  server.floor = 90;
  await clock.advance(60_000);
  return parts;
}

const asked = (frames: readonly ClientFrame[]) => frames.filter(({ t }) => t === "history");

describe("jumping", () => {
  test("brings what is around a number, then goes on both ways", async () => {
    const { client, server } = await returned();
    const page = await client.history(TALK, { around: 50, limit: 5 });
    expect(texts(page)).toEqual(["m48", "m49", "m50", "m51", "m52"]);
    expect(page).toMatchObject({ more: true, newer: true, from: 48, to: 52 });
    const after = await client.history(TALK, { after: 52, limit: 3 });
    expect(texts(after)).toEqual(["m53", "m54", "m55"]);
    const before = await client.history(TALK, { before: 48, limit: 3 });
    expect(texts(before)).toEqual(["m45", "m46", "m47"]);
    expect(asked(server.frames)).toHaveLength(3);
  });

  test("asks for nothing that is here already", async () => {
    const { client, server } = await returned();
    await client.history(TALK, { around: 50, limit: 9 });
    const page = await client.history(TALK, { around: 49, limit: 5 });
    expect(texts(page)).toEqual(["m47", "m48", "m49", "m50", "m51"]);
    expect(asked(server.frames)).toHaveLength(1);
  });

  test.each([
    { around: 50, limit: 5 },
    { before: 53, limit: 5 },
  ])(
    "S8 words that are recalled while a page is asked for do not come back: %o",
    async (wanted) => {
      const { client, server } = await returned();
      const [old] = server.entries.filter(({ number }) => number === 50);
      if (old === undefined) throw new Error("there is no such message");
      server.rule = ({ t }) => {
        if (t !== "history") return undefined;
        server.rule = ({ t }) => {
          // Now the server knows of it.
          if (t === "history") old.body = { kind: "recalled", by: "bob" };
          return undefined;
        };
        server.arrive(TALK, { kind: "recall", target: 50 });
        return undefined;
      };
      const page = await client.history(TALK, wanted);
      expect(page).toMatchObject({ from: 48, to: 52 });
      expect(JSON.stringify(page)).not.toContain("m50");
      expect(asked(server.frames)).toHaveLength(2);
    },
  );

  test("knows both ends", async () => {
    const { client } = await returned();
    const first = await client.history(TALK, { around: 1, limit: 4 });
    expect(first).toMatchObject({ more: false, newer: true, from: 1, to: 4 });
    const last = await client.history(TALK, { around: 100, limit: 4 });
    expect(last).toMatchObject({ more: true, newer: false, from: 97, to: 100 });
    const none = await client.history(TALK, { after: 100, limit: 4 });
    expect(none).toMatchObject({ messages: [], more: true, newer: false });
  });

  test("leaves the list of the newest alone", async () => {
    const { client, clock, server } = await returned();
    const list = client.messages(TALK);
    list.subscribe(() => {});
    await clock.advance(10);
    await client.history(TALK, { around: 50, limit: 5 });
    server.text(TALK, "m101");
    await clock.advance(1_000);
    const shown = list.get().messages.map(({ number }) => number);
    expect(shown).toEqual([100, 101]);
  });

  test("without a connection shows what is here, and fails when nothing is", async () => {
    const { client, server, clock } = await returned();
    await client.history(TALK, { around: 50, limit: 5 });
    server.unreachable = true;
    server.cut();
    await clock.advance(10);
    const part = client.history(TALK, { around: 50, limit: 21 });
    const none = client.history(TALK, { around: 10, limit: 5 }).catch((error) => error);
    await clock.advance(60_000);
    expect(texts(await part)).toEqual(["m48", "m49", "m50", "m51", "m52"]);
    expect(await none).toBeInstanceOf(HoldfastError);
  });
});
