import { afterAll, beforeAll, expect, test } from "vitest";
import { directConversation } from "../../protocol/names.ts";
import type { RawClient, RawFrame } from "../support/raw-client.ts";
import { openSession } from "../support/session.ts";
import { Stage } from "../support/stage.ts";

/** The table of every field stands in test/workerd; these come over a real network, all at one user. */
const conversation = directConversation("mallory", "mallory");
const item = { conversation, counter: 1, prev: 0, body: { kind: "text", text: "x" } };
const submit = (change: object) => JSON.stringify({ t: "submit", items: [{ ...item, ...change }] });
const ack = (seq: unknown) => JSON.stringify({ t: "ack", seq });
const body = (change: object) => submit({ body: { kind: "text", text: "x", ...change } });

const NO_FRAMES = [
  "",
  " ",
  "{",
  "}",
  "null",
  "true",
  "0",
  '"hello"',
  "[]",
  "[1,2,3]",
  "{}",
  "undefined",
  "NaN",
  "{'t':'ack'}",
  '{"t":"ack","seq":1',
  '{"t":"ack","seq":1}}',
  '{"t":"ack","seq":01}',
  "\u0000",
  "\ufeff{}",
  "ping",
  '{"t":"ping" }',
  "[".repeat(65_000),
  `${"[".repeat(32_000)}${"]".repeat(32_000)}`,
  '{"a":'.repeat(10_000),
  `{"t":"ack","seq":${"9".repeat(1_000)}}`,
  `{"${"k".repeat(60_000)}":1}`,
];

const WRONG_KINDS = [
  "",
  "Ack",
  "ack ",
  "__proto__",
  "constructor",
  "toString",
  "welcome",
  "entries",
];

const WRONG_FIELDS = [
  '{"t":"ack","seq":1,"__proto__":{"admin":true}}',
  '{"t":"ack","seq":1,"constructor":{"prototype":{"admin":true}}}',
  '{"__proto__":{"t":"ack","seq":0}}',
  '{"t":"ack","t":"submit","seq":0}',
  ack("1"),
  ack(-1),
  ack(1.5),
  ack(1e300),
  ack(null),
  ack([1]),
  ack({ $gt: 0 }),
  ack(2 ** 53),
  '{"t":"submit"}',
  '{"t":"submit","items":[]}',
  '{"t":"submit","items":{"0":{},"length":1}}',
  '{"t":"submit","items":[null]}',
  JSON.stringify({ t: "submit", items: new Array(65).fill(item) }),
  submit({ from: "alice" }),
  submit({ number: 7 }),
  submit({ conversation: "direct:b,a" }),
  submit({ conversation: "direct:a,b'; DROP TABLE timeline;--" }),
  submit({ conversation: { $ne: null } }),
  submit({ counter: 0 }),
  submit({ counter: "1" }),
  submit({ prev: -1 }),
  submit({ body: null }),
  submit({ body: "x" }),
  submit({ body: { kind: "admin", text: "x" } }),
  submit({ body: { kind: "recalled", by: "alice" } }),
  submit({ body: { kind: "text", text: { toString: "x" } } }),
  body({ text: "" }),
  body({ text: "x".repeat(8_193) }),
  body({ replyTo: -1 }),
  body({ html: "<script>" }),
  '{"t":"history","ref":"","conversation":"direct:a,b","limit":1}',
  '{"t":"history","ref":"r","conversation":"direct:a,b","limit":100000}',
  '{"t":"renew","ref":"r","token":{}}',
  '{"t":"pace","heartbeatMs":-1}',
  '{"t":"sync","cursor":"0 OR 1=1"}',
];

const MALFORMED = [
  ...NO_FRAMES,
  ...WRONG_KINDS.map((t) => JSON.stringify({ t, seq: 1 })),
  ...WRONG_FIELDS,
];
const TYPED = ["bad-frame", "bad-field", "too-big"];
/** A socket is closed after twenty of them; this test is about the answers. */
const PER_SOCKET = 15;

let stage: Stage;
let witness: RawClient;

beforeAll(async () => {
  stage = await Stage.open();
  witness = await openSession(stage.server.url, "mallory", "witness-device");
});
afterAll(async () => {
  witness.terminate();
  await stage.close();
});

test("R14 each of 60 and more malformed frames is answered by a typed error, and soon", async () => {
  expect(MALFORMED.length).toBeGreaterThanOrEqual(60);
  let slowestMs = 0;
  for (let start = 0; start < MALFORMED.length; start += PER_SOCKET) {
    const client = await openSession(stage.server.url, "mallory", "attack-device");
    for (const text of MALFORMED.slice(start, start + PER_SOCKET)) {
      const began = performance.now();
      client.send(text);
      const answer = await client.next();
      slowestMs = Math.max(slowestMs, performance.now() - began);
      expect({ text: text.slice(0, 80), code: codeOf(answer) }).toEqual({
        text: text.slice(0, 80),
        code: expect.toBeOneOf(TYPED) as string,
      });
    }
    await client.close();
  }
  console.log(`${MALFORMED.length} malformed frames, slowest answer ${slowestMs.toFixed(1)} ms`);
});

test("R14 after all of that nothing is stored, and the other device goes on", async () => {
  expect(witness.drain()).toEqual([]);
  witness.send({ t: "submit", items: [item] });
  const accepted = await witness.next("accepted");
  expect(accepted["results"]).toMatchObject([{ conversation, counter: 1, number: 1 }]);
  expect(await witness.next("entries")).toMatchObject({ from: 1, to: 1 });
});

function codeOf(frame: RawFrame): unknown {
  return frame.t === "error" ? (frame["error"] as { code: unknown }).code : frame.t;
}
