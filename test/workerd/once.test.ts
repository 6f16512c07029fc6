import { beforeAll, describe, expect, test } from "vitest";
import type { SubmitItem } from "../../protocol/client-frames.ts";
import { directConversation } from "../../protocol/ids.ts";
import { homeOf } from "../../worker/core/home.ts";
import { crash, deviceOf, evict, pairAtHome, rowCount } from "./objects.ts";
import { newUser, type RawDevice, setPolicy } from "./support.ts";

beforeAll(() => setPolicy({ recipients: "any", checkpointRows: 3, connectsPerMinute: 1_000 }));

/** A sender whose conversation is numbered by its own object, or by the other one. */
const SENDERS = ["home", "member"] as const;

async function senderAndPeer(where: (typeof SENDERS)[number]) {
  const [home, other] = pairAtHome();
  const [sender, peer] = where === "home" ? [home, other] : [other, home];
  const a = await deviceOf(sender);
  return { a, sender, peer, conversation: directConversation(sender, peer) };
}

function text(conversation: string, counter: number, prev: number, said: string): SubmitItem {
  return { conversation, counter, prev, body: { kind: "text", text: said } };
}

/** What could make an object forget that it has seen a message. */
const FORGETTING = {
  nothing: async () => undefined,
  hibernation: (_: RawDevice, users: readonly string[]) => evict(...users),
  "a crash": async (device: RawDevice) => {
    await crash();
    await device.untilClosed();
    await device.connect();
  },
  "a checkpoint and a crash": async (device: RawDevice) => {
    for (let i = 0; i < 4; i++) await device.result(device.say(device.user, `note ${i}`));
    await crash();
    await device.untilClosed();
    await device.connect();
  },
} as const;

describe.each(SENDERS)("the sender is at the %s", (where) => {
  test.each(Object.keys(FORGETTING) as (keyof typeof FORGETTING)[])(
    "R2 a repeat gets the same answer after %s, and nothing is stored",
    async (what) => {
      const { a, sender, peer, conversation } = await senderAndPeer(where);
      const first = text(conversation, 1, 0, "once");
      const answer = await a.submit(first);
      a.counter = 1;
      expect(answer).toMatchObject({ number: 1 });
      await FORGETTING[what](a, [sender, peer]);
      expect(await a.submit(first)).toEqual(answer);
      const copies = a.entries.filter((entry) => entry.conversation === conversation);
      expect(copies.filter(({ body }) => body.kind === "text")).toHaveLength(1);
    },
  );

  test.each(Object.keys(FORGETTING) as (keyof typeof FORGETTING)[])(
    "R2 another payload under the same id is a conflict after %s",
    async (what) => {
      const { a, sender, peer, conversation } = await senderAndPeer(where);
      await a.submit(text(conversation, 1, 0, "once"));
      a.counter = 1;
      await FORGETTING[what](a, [sender, peer]);
      const rows = await rowCount(sender);
      const answer = await a.submit(text(conversation, 1, 0, "twice"));
      expect(answer.error).toEqual({ code: "conflict" });
      expect(await rowCount(sender)).toBe(rows);
    },
  );

  test("R2 another priority under the same id is a conflict", async () => {
    const { a, conversation } = await senderAndPeer(where);
    const first = text(conversation, 1, 0, "once");
    await a.submit(first);
    const answer = await a.submit({ ...first, priority: "urgent" });
    expect(answer.error).toEqual({ code: "conflict" });
  });

  test("R2 a message whose predecessor is missing is a gap and stores nothing", async () => {
    const { a, sender, conversation } = await senderAndPeer(where);
    await a.submit(text(conversation, 1, 0, "first"));
    await a.settle();
    const rows = await rowCount(sender);
    const answer = await a.submit(text(conversation, 3, 2, "third"));
    expect(answer.error).toEqual({ code: "gap", have: 1 });
    expect(await rowCount(sender)).toBe(rows);
    // A `prev` below the last one is no better: something in between would be skipped.
    const skipping = await a.submit(text(conversation, 3, 0, "third"));
    expect(skipping.error).toEqual({ code: "gap", have: 1 });
  });

  test("R2 a counter whose place was passed over is gone", async () => {
    const { a, conversation } = await senderAndPeer(where);
    await a.submit(text(conversation, 1, 0, "first"));
    await a.submit(text(conversation, 3, 1, "third"));
    const answer = await a.submit(text(conversation, 2, 1, "second"));
    expect(answer.error).toEqual({ code: "gone" });
  });

  test("R2 a refused message may be sent again and is judged anew", async () => {
    const { a, conversation } = await senderAndPeer(where);
    const edit: SubmitItem = {
      conversation,
      counter: 1,
      prev: 0,
      body: { kind: "edit", target: 7, text: "what?" },
    };
    expect((await a.submit(edit)).error).toEqual({ code: "not-found" });
    expect(await a.submit(text(conversation, 1, 0, "said"))).toMatchObject({ number: 1 });
  });

  test("R4 after a refusal the rest of that conversation is a gap, others go on", async () => {
    const { a, conversation, sender } = await senderAndPeer(where);
    const other = directConversation(sender, newUser("third"));
    const bad: SubmitItem = {
      conversation,
      counter: 2,
      prev: 1,
      body: { kind: "recall", target: 99 },
    };
    const items = [
      text(conversation, 1, 0, "one"),
      bad,
      text(conversation, 3, 2, "three"),
      text(other, 4, 0, "elsewhere"),
      text(conversation, 5, 3, "five"),
    ];
    a.send({ t: "submit", items });
    const outcomes = [];
    for (const { counter } of items) outcomes.push(await a.result(counter));
    expect(outcomes.map(({ error, number }) => error ?? number)).toEqual([
      1,
      { code: "not-found" },
      { code: "gap", have: 1 },
      1,
      { code: "gap", have: 1 },
    ]);
    // The client drops the refused one: what followed it names another predecessor.
    expect(await a.submit(text(conversation, 3, 1, "three"))).toMatchObject({ number: 2 });
    expect(await a.submit(text(conversation, 5, 3, "five"))).toMatchObject({ number: 3 });
    const said = await a.until(() => {
      const entries = a.entries.filter((entry) => entry.conversation === conversation);
      return entries.length === 3 ? entries : undefined;
    });
    expect(said.map(({ body }) => body.kind === "text" && body.text)).toEqual([
      "one",
      "three",
      "five",
    ]);
  });

  test("R4 frames that follow each other without waiting keep their order", async () => {
    const { a, peer } = await senderAndPeer(where);
    const b = await deviceOf(peer);
    const said = Array.from({ length: 40 }, (_, i) => `m${i}`);
    for (const one of said) a.say(peer, one);
    expect(await b.texts(40)).toEqual(said);
    expect(await a.texts(40)).toEqual(said);
  });
});

/** Home of the first conversation and of the second, seen from the sender. */
const TWO_CONVERSATIONS = SENDERS.flatMap((first) => SENDERS.map((second) => ({ first, second })));

async function senderWithTwoPeers(first: string, second: string) {
  for (;;) {
    const sender = newUser("sender");
    const peers = Array.from({ length: 12 }, () => newUser("peer"));
    const find = (where: string) =>
      peers.find((peer) => isNumberedBy(where === "home" ? sender : peer, sender, peer));
    const one = find(first);
    peers.splice(peers.indexOf(one ?? ""), 1);
    const two = find(second);
    if (one === undefined || two === undefined) continue;
    return {
      a: await deviceOf(sender),
      one: directConversation(sender, one),
      two: directConversation(sender, two),
    };
  }
}

function isNumberedBy(user: string, a: string, b: string): boolean {
  return homeOf(directConversation(a, b)) === `user:${user}`;
}

describe.each(TWO_CONVERSATIONS)("homes: $first, then $second", ({ first, second }) => {
  test("R2 a counter seen in one conversation is a conflict in another", async () => {
    const { a, one, two } = await senderWithTwoPeers(first, second);
    expect(await a.submit(text(one, 1, 0, "here"))).toMatchObject({ number: 1 });
    const answer = await a.submit(text(two, 1, 0, "here"));
    expect(answer.error).toEqual({ code: "conflict" });
  });

  test("R2 also when only a checkpoint remembers the counter", async () => {
    const { a, one, two } = await senderWithTwoPeers(first, second);
    await a.submit(text(one, 1, 0, "here"));
    // Rows since the checkpoint are another device's.
    const other = await deviceOf(a.user);
    for (let i = 0; i < 5; i++) await other.result(other.say(other.user, `note ${i}`));
    await crash();
    await a.untilClosed();
    expect((await a.connect()).counter).toBe(1);
    expect((await a.submit(text(two, 1, 0, "here"))).error).toEqual({ code: "conflict" });
  });

  test("R2 also while the first is still under way: at most one of them is accepted", async () => {
    const { a, one, two } = await senderWithTwoPeers(first, second);
    a.send({ t: "submit", items: [text(one, 1, 0, "here"), text(two, 1, 0, "there")] });
    const answers = [await a.result(1, one), await a.result(1, two)];
    expect(answers.filter(({ error }) => error === undefined)).toHaveLength(1);
  });
});

test("R2 another payload while the first is still under way is a conflict", async () => {
  const { a, conversation } = await senderAndPeer("member");
  const items = [text(conversation, 1, 0, "this"), text(conversation, 1, 0, "that")];
  a.send({ t: "submit", items });
  const answers = await a.until(() => {
    const results = a.frames.flatMap((frame) => (frame.t === "accepted" ? frame.results : []));
    return results.length >= 2 ? results : undefined;
  });
  expect(answers.map(({ error }) => error?.code ?? "accepted").sort()).toEqual([
    "accepted",
    "conflict",
  ]);
});

test("R2 two devices of one user may use the same counter", async () => {
  const [home, other] = pairAtHome();
  const devices = [await deviceOf(home), await deviceOf(home)];
  const conversation = directConversation(home, other);
  const numbers = [];
  for (const device of devices) {
    numbers.push((await device.submit(text(conversation, 1, 0, device.device))).number);
  }
  expect(numbers).toEqual([1, 2]);
});

test("R3 both open the conversation at once: numbers 1 and 2, and both copies are equal", async () => {
  const [home, other] = pairAtHome();
  const [a, b] = [await deviceOf(home), await deviceOf(other)];
  const [first, second] = [a.say(other, "from home"), b.say(home, "from the other")];
  const numbers = [(await a.result(first)).number, (await b.result(second)).number];
  expect(numbers.sort()).toEqual([1, 2]);
  expect(await a.texts(2)).toEqual(await b.texts(2));
});

test("R3 notes to oneself have their home here and come back to all own devices", async () => {
  const user = newUser("loner");
  const [a, b] = [await deviceOf(user), await deviceOf(user)];
  expect(await a.result(a.say(user, "note"))).toMatchObject({ number: 1 });
  expect(await b.texts(1)).toEqual(["note"]);
});
