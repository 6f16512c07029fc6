import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ClientFrame } from "../../protocol/client-frames.ts";
import { ERRORS } from "../../protocol/errors.ts";
import { LIMITS, utf8Bytes } from "../../protocol/limits.ts";
import { changeSessions, deviceOf, fireAlarm, rowCount } from "./objects.ts";
import { freshPolicy, newUser, RawDevice } from "./support.ts";

/** One good frame of each kind that is sent after hello. */
const GOOD: { readonly [T in Exclude<ClientFrame["t"], "hello">]: object } = {
  submit: {
    t: "submit",
    items: [{ conversation: "direct:a,b", counter: 1, prev: 0, body: { kind: "text", text: "x" } }],
  },
  ack: { t: "ack", seq: 0, aside: [] },
  nack: { t: "nack", seq: 1, reason: "x" },
  sync: { t: "sync", cursor: 0 },
  read: { t: "read", conversation: "direct:a,b", number: 1 },
  history: { t: "history", ref: "r", conversation: "direct:a,b", limit: 1, before: 5 },
  snapshot: { t: "snapshot", ref: "r", after: "direct:a,b" },
  arrange: {
    t: "arrange",
    ref: "r",
    conversation: "direct:a,b",
    change: { pinned: true, mutedUntil: 1, archived: true, folders: ["x"], markedUnread: true },
  },
  folders: { t: "folders", ref: "r", folders: [{ id: "x", name: "x" }] },
  draft: { t: "draft", ref: "r", conversation: "direct:a,b", base: 0, text: "x", replyTo: 1 },
  typing: { t: "typing", conversation: "direct:a,b", on: false },
  have: { t: "have", conversation: "group:0123456789abcdefghijkl", number: 1 },
  watch: { t: "watch", users: ["bob"], groups: ["group:0123456789abcdefghijkl"] },
  "retry-entry": { t: "retry-entry", seq: 1 },
  block: { t: "block", ref: "r", user: "mallory", on: false },
  "answer-request": { t: "answer-request", ref: "r", conversation: "direct:a,b", accept: false },
  renew: { t: "renew", ref: "r", token: "x" },
  pace: { t: "pace", heartbeatMs: 1 },
};

const HELLO = {
  t: "hello",
  version: 1,
  cursor: 0,
  capabilities: ["ack"],
  app: { name: "x", version: "1", platform: "x" },
  heartbeatMs: 1,
  cause: "first",
};

/** What a change may leave as it is. */
const CHANGES = ["pinned", "mutedUntil", "archived", "folders", "markedUnread"];

/** What a field may be instead of what it should be. */
const WRONG: readonly (readonly [string, unknown])[] = [
  ["null", null],
  ["an object", { admin: true }],
  ["a list", [[]]],
  ["true", true],
  ["a negative number", -1],
  ["a fraction", 0.5],
  ["an unsafe integer", 2 ** 53],
  ["a long text", "x".repeat(9_000)],
  ["an empty text", ""],
];

type Path = readonly (string | number)[];

/** Paths of all leaves and inner nodes of a frame but its `t`. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return path.length > 0 ? [path] : [];
  const inner = Object.entries(value).flatMap(([key, child]) =>
    path.length === 0 && key === "t"
      ? []
      : pathsOf(child, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length > 0 ? [path, ...inner] : inner;
}

function changed(frame: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const copy = structuredClone(frame) as Record<string | number, unknown>;
  if (rest.length === 0 && value === undefined) delete copy[key];
  else copy[key] = changed(copy[key], rest, value);
  return copy;
}

/** Where the table's value happens to be right. */
function isRight(t: string, path: Path, value: unknown): boolean {
  const at = path.filter((part) => typeof part === "string").join(".");
  const isText = typeof value === "string";
  if (value === "" && ["app.name", "app.version", "app.platform"].includes(at)) return true;
  if (value === "" && ["nack.reason", "renew.token", "hello.capabilities"].includes(`${t}.${at}`)) {
    return true;
  }
  const flags = ["change.pinned", "change.archived", "change.markedUnread", "on", "accept"];
  if (value === true && flags.includes(at)) return true;
  if (value === "" && `${t}.${at}` === "draft.text") return true;
  if (value === null && at === "change.mutedUntil") return true;
  return value === null && at === "cursor" && t === "hello" && !isText;
}

interface Case {
  readonly name: string;
  readonly text: string;
  /** The field that the answer must name. */
  readonly field: string;
}

function casesOf(frame: object): Case[] {
  const { t } = frame as { t: string };
  const optional = new Set(["aside", "before", "after", ...CHANGES, "replyTo", "groups"]);
  const paths = pathsOf(frame);
  const wrong = paths.flatMap((path) =>
    WRONG.filter(([, value]) => !isRight(t, path, value)).map(([name, value]) => ({
      name: `${t}: ${path.join(".")} is ${name}`,
      text: JSON.stringify(changed(frame, path, value)),
      field: path.join("."),
    })),
  );
  const missing = paths
    .filter((path) => typeof path.at(-1) === "string" && !optional.has(String(path.at(-1))))
    .map((path) => ({
      name: `${t}: ${path.join(".")} is missing`,
      text: JSON.stringify(changed(frame, path, undefined)),
      field: path.join("."),
    }));
  const inners: Path[] = [[], ...paths.filter((path) => isObject(valueAt(frame, path)))];
  const unknown = inners.map((path) => ({
    name: `${t}: an unknown field in ${path.join(".") || "the frame"}`,
    text: JSON.stringify(changed(frame, [...path, "surprise"], 1)),
    field: [...path, "surprise"].join("."),
  }));
  return [...wrong, ...missing, ...unknown];
}

function valueAt(frame: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], frame);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Texts that are no frame at all. */
const NO_FRAMES: readonly (readonly [string, string])[] = [
  ["not JSON", "{"],
  ["empty", ""],
  ["a number", "7"],
  ["null", "null"],
  ["a list", '[{"t":"ack","seq":0}]'],
  ["deep nesting", "[".repeat(30_000)],
  ["deep nesting that closes", `${"[".repeat(20_000)}${"]".repeat(20_000)}`],
  ["deep objects", `${'{"a":'.repeat(9_000)}1${"}".repeat(9_000)}`],
  ["no kind", "{}"],
  ["an unknown kind", '{"t":"admin"}'],
  ["a kind of the server's", '{"t":"welcome"}'],
  ["a kind that every object has", '{"t":"constructor"}'],
  ["a kind that is no text", '{"t":{"t":"ack"}}'],
];

let victim: RawDevice;
let witness: RawDevice;

beforeAll(async () => {
  await freshPolicy();
  const user = newUser("alice");
  victim = await deviceOf(user);
  witness = await deviceOf(user);
});

beforeEach(() => freshPolicy());

/** A few frames' worth, so that a socket is not closed for too many of them. */
const PER_SOCKET = 20;

async function answersTo(texts: readonly string[]) {
  const answers = [];
  for (let i = 0; i < texts.length; i += PER_SOCKET) {
    victim.close();
    await victim.untilClosed();
    await victim.connect();
    victim.frames.length = 0;
    const part = texts.slice(i, i + PER_SOCKET);
    for (const text of part) victim.sendText(text);
    await victim.until(() => (victim.frames.length >= part.length ? true : undefined));
    answers.push(...victim.frames.splice(0));
  }
  return answers;
}

describe("R14 every bad frame is answered by a typed error, and nothing of it is stored", () => {
  test.each(Object.values(GOOD).map((frame) => [(frame as { t: string }).t, frame] as const))(
    "R14 %s: each field missing, of a wrong type, too big, out of range; unknown fields",
    async (t, frame) => {
      const cases = casesOf(frame);
      expect(cases.length).toBeGreaterThan(9);
      const rows = await rowCount(victim.user);
      const answers = await answersTo(cases.map(({ text }) => text));
      for (const [i, { name, field }] of cases.entries()) {
        const answer = answers[i];
        if (answer?.t !== "error") throw new Error(`${name}: ${JSON.stringify(answer)}`);
        expect({ name, of: answer.of, code: answer.error.code }).toEqual({
          name,
          of: t,
          code: "bad-field",
        });
        expect(`${name} names ${answer.error.field}`).toBe(`${name} names ${named(field, answer)}`);
        expect(answer.error.rule, name).toMatch(/\S/);
      }
      expect(await rowCount(victim.user)).toBe(rows);
    },
  );

  test.each(casesOf(HELLO).map((one) => [one.name, one] as const))(
    "R14 %s: the socket says so and closes with 4400",
    async (_, { text, field }) => {
      const device = new RawDevice(witness.user);
      await device.open();
      device.sendText(text);
      const answer = await device.next("error");
      expect(answer).toMatchObject({ of: "hello", error: { code: "bad-field" } });
      expect(answer.error.field).toBe(named(field, answer));
      expect(await device.untilClosed()).toMatchObject({ code: 4400 });
    },
  );

  test("R14 what is no frame at all is told so", async () => {
    const answers = await answersTo(NO_FRAMES.map(([, text]) => text));
    for (const [i, [name]] of NO_FRAMES.entries()) {
      expect([name, answers[i]]).toMatchObject([
        name,
        { t: "error", error: { code: "bad-frame", rule: expect.any(String) } },
      ]);
    }
  });

  test("R14 names that every object inherits are unknown fields like others", async () => {
    const texts = ["__proto__", "constructor", "toString"].map(
      (name) => `{"t":"sync","cursor":0,"${name}":{"admin":true}}`,
    );
    for (const answer of await answersTo(texts)) {
      expect(answer).toMatchObject({ t: "error", error: { code: "bad-field" } });
    }
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  /** A list or a variant is named as a whole where its part is meant. */
  function named(field: string, answer: { error: { field?: string | undefined } }): string {
    const { field: told = "" } = answer.error;
    return told !== "" && (field === told || field.startsWith(`${told}.`) || told.startsWith(field))
      ? told
      : field;
  }
});

describe("R14 what is bounded", () => {
  test("R14 sizes: one byte over is refused, the limit itself is not", async () => {
    const a = await deviceOf(newUser("alice"));
    const conversation = `direct:${a.user},${a.user}`;
    const bodies = [
      (n: number) => ({ kind: "text", text: "é".repeat(n / 2) }) as const,
      (n: number) => ({ kind: "custom", type: "app.x", data: "x".repeat(n) }) as const,
    ];
    const limits = [LIMITS.textBytes, LIMITS.customBytes];
    for (const [i, body] of bodies.entries()) {
      const limit = limits[i] ?? 0;
      const item = { conversation, counter: i + 1, prev: i, body: body(limit + 2) };
      a.send({ t: "submit", items: [item] });
      const { error } = await a.next("error");
      expect(error.rule).toBe(`max-bytes:${limit}`);
      expect(await a.submit({ ...item, body: body(limit) })).toMatchObject({ number: i + 1 });
    }
  });

  test("R14 more items than a submit may hold", async () => {
    const a = await deviceOf(newUser("alice"));
    const conversation = `direct:${a.user},${a.user}`;
    const items = Array.from({ length: LIMITS.submitItems + 1 }, (_, i) => ({
      conversation,
      counter: i + 1,
      prev: i,
      body: { kind: "text" as const, text: "x" },
    }));
    a.send({ t: "submit", items });
    expect((await a.next("error")).error).toMatchObject({
      field: "items",
      rule: "max_length:<=64",
    });
    expect(await rowCount(a.user)).toBe(0);
    a.send({ t: "submit", items: items.slice(0, LIMITS.submitItems) });
    await a.texts(LIMITS.submitItems);
  });

  test.each([LIMITS.frameBytes + 1, 1_048_576])(
    "R14 a frame of %i bytes closes with 1009",
    async (bytes) => {
      const a = await deviceOf(newUser("alice"));
      a.sendText("x".repeat(bytes));
      expect((await a.next("error")).error).toEqual({
        code: "too-big",
        rule: `max-bytes:${LIMITS.frameBytes}`,
      });
      expect(await a.untilClosed()).toMatchObject({ code: 1009 });
    },
  );

  test("R14 a frame of many bytes in few characters is measured in bytes", async () => {
    const a = await deviceOf(newUser("alice"));
    a.sendText("€".repeat(LIMITS.frameBytes / 3 + 1));
    expect(await a.untilClosed()).toMatchObject({ code: 1009 });
  });

  test("R14 the largest content fits a frame to a device, with all reactions that it may get", async () => {
    await freshPolicy({ rateBurst: 1_000 });
    const a = await deviceOf(newUser("a".repeat(50)));
    const conversation = `direct:${a.user},${a.user}`;
    // Each control character takes six bytes in JSON.
    const content = (length: number) =>
      ({ kind: "custom", type: "app.x", data: "\u0001".repeat(length) }) as const;
    const length = Math.floor((LIMITS.contentBytes - JSON.stringify(content(0)).length) / 6);
    const item = { conversation, counter: 1, prev: 0, body: content(length + 1) };
    a.send({ t: "submit", items: [item] });
    expect((await a.next("error")).error).toEqual({
      code: "bad-field",
      field: "items.0.body",
      rule: `max-json-bytes:${LIMITS.contentBytes}`,
    });
    expect(await a.submit({ ...item, body: content(length) })).toMatchObject({ number: 1 });
    for (let i = 1; i <= LIMITS.emojiPerMessage; i++) {
      const emoji = `${String(i).padStart(2, "0")}${"\u0001".repeat(LIMITS.emojiBytes - 2)}`;
      const body = { kind: "reaction", target: 1, emoji, on: true } as const;
      await a.submit({ conversation, counter: i + 1, prev: i, body });
    }
    const late = await deviceOf(a.user);
    late.send({ t: "history", ref: "h", conversation, limit: 50 });
    await late.settle();
    const sizes = late.received.map((text) => utf8Bytes(text));
    expect(Math.max(...sizes)).toBeGreaterThan(LIMITS.contentBytes + 12_000);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(LIMITS.frameBytes);
  });

  test("R14 a retry fits a frame although edits have made its entries larger", async () => {
    await freshPolicy({ rateBurst: 1_000 });
    const a = await deviceOf(newUser("alice"));
    const conversation = `direct:${a.user},${a.user}`;
    for (let i = 1; i <= 20; i++) await a.result(a.say(a.user, `small ${i}`));
    await a.settle();
    const b = new RawDevice(a.user);
    b.autoAck = false;
    await b.connect({ cursor: 0 });
    await b.until(() => (b.cursor === 20 ? true : undefined));
    for (let target = 1; target <= 20; target++) {
      const body = { kind: "edit", target, text: "x".repeat(LIMITS.textBytes) } as const;
      await a.result(a.sayIn(conversation, body));
    }
    await b.settle();
    b.received.length = 0;
    await changeSessions(a.user, (session) => ({
      ...session,
      feed: { ...session.feed, retryAt: session.feed.retryAt === null ? null : 1 },
    }));
    await fireAlarm(a.user);
    await b.settle();
    const retried = b.received.filter((text) => text.includes('"route":"retry"'));
    expect(retried.length).toBeGreaterThan(1);
    for (const text of retried) expect(utf8Bytes(text)).toBeLessThanOrEqual(LIMITS.frameBytes);
    const runs = retried.map((text) => JSON.parse(text) as { from: number; to: number });
    expect(runs.reduce((end, { from, to }) => (from === end + 1 ? to : -1), 0)).toBe(20);
  });

  test("R14 a field's name is not sent back at any length", async () => {
    const a = await deviceOf(newUser("alice"));
    a.sendText(`{"t":"sync","cursor":0,"${"\\u0001".repeat(10_000)}":1}`);
    const { error } = await a.next("error");
    expect(error.code).toBe("bad-field");
    expect(a.received.every((text) => utf8Bytes(text) < 2_048)).toBe(true);
  });
});

describe("R14 what is too much", () => {
  test("R14 a binary frame closes with 1003", async () => {
    const a = await deviceOf(newUser("alice"));
    a.sendText(new TextEncoder().encode('{"t":"ack","seq":0}').buffer as ArrayBuffer);
    expect(await a.untilClosed()).toMatchObject({ code: 1003 });
  });

  test("R14 too many unreadable frames close with 4400, and only that socket", async () => {
    const a = await deviceOf(newUser("alice"));
    for (let i = 0; i < 30; i++) a.sendText("nonsense");
    expect(await a.untilClosed()).toMatchObject({ code: 4400 });
    await witness.settle();
  });

  test("R14 too many frames are told to wait, then closed with 4429", async () => {
    await freshPolicy({ rateBurst: 5, ratePerSecond: 1 });
    const a = await deviceOf(newUser("alice"));
    for (let i = 1; i <= 6; i++) a.say(a.user, `m${i}`);
    const refused = await a.result(6);
    expect(refused.error).toMatchObject({ code: "rate" });
    expect(refused.error?.retryAfterMs).toBeGreaterThan(0);
    for (let i = 0; i < 60; i++) a.send({ t: "pace", heartbeatMs: 1_000 });
    expect(await a.untilClosed()).toMatchObject({ code: 4429 });
    expect(await rowCount(a.user)).toBe(5);
  });

  test("R14 nothing but hello before welcome, and hello only once", async () => {
    const a = new RawDevice(newUser("alice"));
    await a.open();
    for (const frame of Object.values(GOOD)) a.sendText(JSON.stringify(frame));
    for (const t of Object.keys(GOOD)) {
      expect(await a.next("error")).toMatchObject({ of: t, error: { code: "not-ready" } });
    }
    a.hello({ cursor: 0 });
    await a.next("welcome");
    a.hello({ cursor: 0 });
    expect(await a.next("error")).toMatchObject({ of: "hello", error: { code: "bad-frame" } });
    await a.settle();
  });

  test("R14 a version that is not served any more closes with 4426", async () => {
    const a = new RawDevice(newUser("alice"));
    await a.open();
    a.sendText(JSON.stringify({ ...HELLO, version: 0 }));
    expect(await a.untilClosed()).toMatchObject({ code: 4426 });
  });
});

test("R14 after all of that the other device has noticed nothing", async () => {
  await witness.settle();
  expect(witness.closed).toBeUndefined();
  const codes = witness.frames.flatMap((frame) => (frame.t === "error" ? [frame.error.code] : []));
  expect(codes).toEqual([]);
  expect(witness.entries).toEqual([]);
  expect(Object.keys(ERRORS)).toContain("bad-field");
});
