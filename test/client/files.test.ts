import { describe, expect, test } from "vitest";
import { HoldfastError } from "../../client/errors.ts";
import { memoryStore } from "../../client/memory-store.ts";
import type { Message } from "../../client/model.ts";
import type { Content } from "../../protocol/entries.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { FakeFiles, PART_BYTES } from "../support/client/fake-files.ts";
import { FakeTabs } from "../support/client/fake-platform.ts";
import type { FakeServer } from "../support/client/fake-server.ts";
import { type LabOptions, lab, OTHER_TALK, TALK } from "../support/client/lab.ts";

type Lab = ReturnType<typeof lab>;

async function started(files: FakeFiles | undefined, options: LabOptions = {}): Promise<Lab> {
  const made = lab(options);
  if (files !== undefined) made.platform.files = files.platform;
  await made.started();
  return made;
}

/** Time passes until it is so; loading a part of the client takes real moments. */
async function until({ clock }: Pick<Lab, "clock">, isSo: () => boolean, stepMs = 5) {
  const deadline = performance.now() + 10_000;
  while (!isSo() && performance.now() < deadline) {
    await clock.advance(stepMs);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(isSo()).toBe(true);
}

function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index % 251);
}

function contents(server: FakeServer, conversation = TALK): Content[] {
  return server.frames.flatMap((frame) =>
    frame.t === "submit"
      ? frame.items.flatMap((item) => (item.conversation === conversation ? [item.body] : []))
      : [],
  );
}

function messagesOf({ client }: Lab, conversation = TALK): readonly Message[] {
  return client.messages(conversation).get().messages;
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "resolved",
    (error: unknown) => (error instanceof HoldfastError ? error.code : error),
  );

describe("a file", () => {
  test("is uploaded in parts, then its message is sent with what the server says it is", async () => {
    const files = new FakeFiles();
    const here = await started(files);
    const seen: number[] = [];
    const handle = here.client.sendFile(TALK, bytes(10), {
      name: "cat.png",
      caption: "look",
      width: 4,
      height: 3,
    });
    handle.onProgress(({ sent, total }) => seen.push(sent / total));
    await until(here, () => contents(here.server).length > 0);
    expect(files.log).toEqual([
      "POST file",
      "PUT part 1",
      "PUT part 2",
      "PUT part 3",
      "POST finish",
    ]);
    const [content] = contents(here.server);
    const [file = ""] = files.held.keys();
    const said = { name: "cat.png", caption: "look", width: 4, height: 3 };
    expect(content).toMatchObject({ kind: "file", file, type: "image/png", bytes: 10, ...said });
    expect(seen).toEqual([0, 0.4, 0.8, 1, 1]);
    expect(handle.progress).toEqual({ sent: 10, total: 10 });
    expect((await handle.accepted).number).toBe(1);
    await until(here, () => files.kept.size === 0);
  });

  test("shows how far it is in the list of messages, and can be opened before it is there", async () => {
    const files = new FakeFiles();
    const here = await started(files);
    here.client.messages(TALK).subscribe(() => {});
    files.rule = (said) => (said === "PUT part 2" ? "lost" : undefined);
    here.client.sendFile(TALK, bytes(10));
    await until(here, () => messagesOf(here).some(({ upload }) => upload?.sent === PART_BYTES));
    const [message] = messagesOf(here);
    if (message === undefined) throw new Error("not listed");
    expect(message).toMatchObject({ state: "queued", upload: { sent: 4, total: 10 } });
    const blob = await here.client.openFile(message);
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(bytes(10));
    files.rule = () => undefined;
    await until(here, () => messagesOf(here)[0]?.number === 1, 500);
    expect(messagesOf(here)[0]?.upload).toBeUndefined();
  });

  test("brings its thumbnail first; one that is no picture is left out", async () => {
    const files = new FakeFiles();
    const here = await started(files);
    here.client.sendFile(TALK, bytes(5), { thumbnail: bytes(3) });
    await until(here, () => contents(here.server).length > 0);
    const [small = "", large = ""] = files.held.keys();
    expect(contents(here.server)).toMatchObject([{ file: large, thumbnail: small }]);
  });

  test("R4 what is said after it comes after it, other conversations go on", async () => {
    const files = new FakeFiles();
    const here = await started(files);
    files.rule = (said) => (said === "POST finish" ? "lost" : undefined);
    here.client.send(TALK, "before");
    here.client.sendFile(TALK, bytes(9));
    here.client.send(TALK, "after");
    here.client.send(OTHER_TALK, "elsewhere");
    await until(here, () => here.server.log(OTHER_TALK).length > 0);
    await here.clock.advance(20_000);
    expect(here.server.log(TALK)).toEqual(["before"]);
    files.rule = () => undefined;
    await until(here, () => here.server.log(TALK).length === 3, 500);
    expect(here.server.log(TALK)).toEqual(["before", "file", "after"]);
  });

  test("goes on where it was after the network was away, under the same id", async () => {
    const files = new FakeFiles();
    const here = await started(files);
    files.rule = (said) => (said === "PUT part 2" ? "lost" : undefined);
    here.client.sendFile(TALK, bytes(12));
    await until(here, () => files.log.filter((said) => said === "PUT part 2").length === 3, 500);
    files.rule = () => undefined;
    await until(here, () => here.server.log(TALK).length === 1, 500);
    expect(files.log.filter((said) => said === "PUT part 1")).toHaveLength(1);
    expect(files.log.filter((said) => said === "PUT part 3")).toHaveLength(1);
  });

  test.each(["POST file", "PUT part 1", "PUT part 3", "POST finish"])(
    "an answer that was lost is asked for again: %s",
    async (lost) => {
      const files = new FakeFiles();
      const here = await started(files);
      let isFirst = true;
      files.rule = (said) => {
        if (said !== lost || !isFirst) return undefined;
        isFirst = false;
        return "deaf";
      };
      here.client.sendFile(TALK, bytes(12));
      await until(here, () => here.server.log(TALK).length === 1, 500);
      expect(files.held.size).toBe(1);
    },
  );

  test("a token that has ended is asked for anew, a server that is busy is asked again", async () => {
    const files = new FakeFiles();
    const here = await started(files);
    const fates = [401, undefined, 503, 500];
    files.rule = () => fates.shift();
    here.client.sendFile(TALK, bytes(3));
    await until(here, () => here.server.log(TALK).length === 1, 500);
    expect(fates).toEqual([]);
  });

  test("an upload that was erased meanwhile begins anew", async () => {
    const files = new FakeFiles();
    const here = await started(files);
    let isFirst = true;
    files.rule = (said) => {
      if (said === "POST finish" && isFirst) {
        isFirst = false;
        files.held.clear();
      }
      return undefined;
    };
    here.client.sendFile(TALK, bytes(12));
    await until(here, () => here.server.log(TALK).length === 1, 500);
    expect(files.log.filter((said) => said === "PUT part 1")).toHaveLength(2);
  });

  test("what the server refuses fails its message, which holds the rest until it is dropped", async () => {
    const files = new FakeFiles();
    const here = await started(files);
    files.rule = () => 413;
    const handle = here.client.sendFile(TALK, bytes(12));
    here.client.send(TALK, "after");
    expect(await untilCode(here, handle.accepted)).toBe("too-big");
    expect(handle.state).toBe("failed");
    expect(here.server.log(TALK)).toEqual([]);
    await here.client.drop(handle.key);
    await until(here, () => here.server.log(TALK).length === 1);
    await until(here, () => files.kept.size === 0);
  });

  test("what was refused can be sent again", async () => {
    const files = new FakeFiles();
    const here = await started(files);
    files.rule = () => 413;
    const handle = here.client.sendFile(TALK, bytes(12));
    expect(await untilCode(here, handle.accepted)).toBe("too-big");
    files.rule = () => undefined;
    await here.client.resend(handle.key);
    await until(here, () => here.server.log(TALK).length === 1);
  });

  test("is ended in the middle by cancel, here and on the server", async () => {
    const files = new FakeFiles();
    const here = await started(files);
    files.rule = (said) => (said === "PUT part 2" ? "lost" : undefined);
    const handle = here.client.sendFile(TALK, bytes(12));
    here.client.send(TALK, "after");
    await until(here, () => files.log.includes("PUT part 2"));
    await handle.cancel();
    expect(await codeOf(handle.accepted)).toBe("dropped");
    await until(here, () => files.kept.size === 0);
    await until(here, () => here.server.log(TALK).length === 1, 500);
    expect(here.server.log(TALK)).toEqual(["after"]);
    await until(here, () => files.held.size === 0);
    const parts = files.log.filter((said) => said.startsWith("PUT")).length;
    await here.clock.advance(120_000);
    expect(files.log.filter((said) => said.startsWith("PUT"))).toHaveLength(parts);
  });

  test("of nothing, without a place to keep it, or without adapters fails at once", async () => {
    const files = new FakeFiles();
    const here = await started(files);
    expect(await untilCode(here, here.client.sendFile(TALK, bytes(0)).queued)).toBe("bad-field");
    files.isBroken = true;
    expect(await untilCode(here, here.client.sendFile(TALK, bytes(1)).queued)).toBe("store-failed");
    const bare = await started(undefined);
    expect(await untilCode(bare, bare.client.sendFile(TALK, bytes(1)).queued)).toBe("no-files");
    // What comes after it is not held back by what never came to be.
    here.client.send(TALK, "after");
    await until(here, () => here.server.log(TALK).length === 1);
  });

  test("is refused while too many bytes of others wait", async () => {
    const files = new FakeFiles();
    const here = await started(files);
    files.rule = () => "lost";
    const first = here.client.sendFile(TALK, bytes(10));
    await until(here, () => files.log.length > 0);
    await first.queued;
    const large = new Blob([]);
    Object.defineProperty(large, "size", { value: LIMITS.outboxFileBytes - 9 });
    const { queued } = here.client.sendFile(TALK, large);
    expect(await untilCode(here, queued)).toBe("outbox-full");
    expect(files.kept.size).toBe(1);
  });

  test("has the name of the file, shortened to what fits with its ending", async () => {
    const files = new FakeFiles();
    const here = await started(files);
    here.client.sendFile(TALK, new File(["x"], "notes.txt"));
    here.client.sendFile(TALK, bytes(1), { name: `${"ä".repeat(300)}.docx` });
    await until(here, () => contents(here.server).length === 2);
    const names = contents(here.server).map((body) => (body.kind === "file" ? body.name : ""));
    expect(names[0]).toBe("notes.txt");
    expect(names[1]).toMatch(/^ä{60,}….docx$/);
    expect(new TextEncoder().encode(names[1]).length).toBeLessThanOrEqual(256);
  });
});

async function untilCode(here: Lab, promise: Promise<unknown>): Promise<unknown> {
  let code: unknown;
  void codeOf(promise).then((found) => {
    code = found;
  });
  await until(here, () => code !== undefined);
  return code;
}

/** A client that ends at the n-th request of an upload; the next one goes on over the same store. */
describe("a reload in the middle", () => {
  test.each([
    ["before anything is sent", 0],
    ["after the beginning", 1],
    ["after the first part", 2],
    ["after the second part", 3],
    ["after all parts", 4],
    ["after the end of the upload", 5],
  ])("%s: the file arrives once, by itself", async (_, reached) => {
    const files = new FakeFiles();
    const store = memoryStore();
    const first = await started(files, { store });
    let requests = 0;
    files.rule = () => (++requests > reached ? "lost" : undefined);
    // The message can't be sent either: the process ends before.
    first.server.rule = (frame) => (frame.t === "submit" ? "swallow" : undefined);
    const handle = first.client.sendFile(TALK, bytes(12));
    first.client.send(TALK, "after");
    await until(first, () => requests > Math.min(reached, 4));
    await handle.queued;
    await first.client.close();

    const { server } = first;
    server.cut();
    server.rule = () => undefined;
    files.rule = () => undefined;
    const second = await started(files, { store, server });
    await until(second, () => server.log(TALK).length === 2, 500);
    expect(server.log(TALK)).toEqual(["file", "after"]);
    expect(files.held.size).toBe(1);
    await until(second, () => files.kept.size === 0, 500);
  });

  test("bytes that were lost fail the message, and say so", async () => {
    const files = new FakeFiles();
    const store = memoryStore();
    const first = await started(files, { store });
    files.rule = () => "lost";
    await until(first, () => true);
    const { queued } = first.client.sendFile(TALK, bytes(12));
    await until(first, () => files.log.length > 0);
    await queued;
    await first.client.close();
    files.kept.clear();
    files.rule = () => undefined;
    const second = await started(files, { store, server: first.server });
    await until(second, () => messagesOf(second)[0]?.state === "failed", 500);
    expect(messagesOf(second)[0]?.failure).toMatchObject({ code: "bytes-lost" });
  });

  test("bytes that no message waits for are forgotten", async () => {
    const files = new FakeFiles();
    const here = await started(files);
    await files.openUploads("holdfast:https://chat.test:alice").put("gone/file", new Uint8Array(1));
    here.clock.wallOffset += 7_200_000;
    here.client.sendFile(TALK, bytes(1));
    await until(here, () => here.server.log(TALK).length === 1);
    await until(here, () => files.kept.size === 0);
  });
});

test("a tab that does not lead hands the file over, and shows how far it is", async () => {
  const files = new FakeFiles();
  const tabs = new FakeTabs();
  const store = memoryStore();
  const leading = await started(files, { store, tabs: tabs.tab(), kind: "page" });
  const { server, clock } = leading;
  const other = lab({ store, server, clock, tabs: tabs.tab(), kind: "page" });
  other.platform.files = files.platform;
  await other.started();
  expect(other.client.connection.get().leader).toBe(false);
  const seen: number[] = [];
  files.rule = (said) => (said === "POST finish" ? "lost" : undefined);
  const handle = other.client.sendFile(TALK, bytes(8));
  handle.onProgress(({ sent }) => seen.push(sent));
  const message = () => messagesOf(other)[0];
  await until(other, () => message()?.upload?.sent === 8, 50);
  expect(seen.slice(0, 3)).toEqual([0, 4, 8]);
  files.rule = () => undefined;
  await until(other, () => server.log(TALK).length === 1, 500);
  expect((await handle.accepted).number).toBe(1);
});

test("R8 an edit of a file replaces its caption, or takes it away", async () => {
  const here = await started(undefined);
  const about = { file: "f".repeat(22), name: "x", type: "image/png", bytes: 9, hash: "0" };
  here.client.messages(TALK).subscribe(() => {});
  here.server.arrive(TALK, { kind: "file", ...about, caption: "a dog" });
  here.server.arrive(TALK, { kind: "edit", target: 1, text: "a cat" });
  await until(here, () => messagesOf(here)[0]?.edited === true);
  expect(messagesOf(here)[0]?.content).toEqual({ kind: "file", ...about, caption: "a cat" });
  here.server.arrive(TALK, { kind: "edit", target: 1, text: "" });
  await until(here, () => !("caption" in (messagesOf(here)[0]?.content ?? { caption: "" })));
  expect(messagesOf(here)).toMatchObject([{ content: { kind: "file", ...about }, edited: true }]);
});

describe("forward", () => {
  const message = (content: Message["content"]): Message => ({
    key: "k",
    conversation: OTHER_TALK,
    id: "carol:device-9:4",
    number: 7,
    from: "carol",
    own: false,
    at: 1,
    expiresAt: undefined,
    content,
    priority: "normal",
    edited: false,
    reactions: {},
    state: "read",
    failure: undefined,
    reach: undefined,
  });

  test("repeats what was said, without whom it meant or answered", async () => {
    const here = await started(new FakeFiles());
    const text: Content = { kind: "text", text: "hi", replyTo: 3, mentions: ["alice"] };
    here.client.forward(message(text), TALK);
    here.client.forward(message({ kind: "location", latitude: 1, longitude: 2 }), TALK);
    await until(here, () => contents(here.server).length === 2);
    const forwardOf = "carol:device-9:4";
    expect(contents(here.server)).toEqual([
      { kind: "text", text: "hi", forwardOf },
      { kind: "location", latitude: 1, longitude: 2, forwardOf },
    ]);
  });

  test("lets the server copy a file", async () => {
    const files = new FakeFiles();
    const here = await started(files);
    const file = { kind: "file", file: "abc", name: "x", type: "image/png", bytes: 9 } as const;
    here.client.forward(message({ ...file, hash: "0", thumbnail: "def" }), TALK);
    await until(here, () => contents(here.server).length === 1);
    expect(files.log).toEqual(["POST file", "POST file"]);
    expect(contents(here.server)).toMatchObject([
      { file: "copy-of-abc-----------", thumbnail: "copy-of-def-----------" },
    ]);
  });

  test("of what is no message fails", async () => {
    const here = await started(new FakeFiles());
    const handle = here.client.forward(message({ kind: "recalled", by: "carol" }), TALK);
    expect(await untilCode(here, handle.queued)).toBe("not-allowed");
  });
});
