import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ClientFrame, clientFrameSchema } from "../../protocol/client-frames.ts";
import { decodeClientFrame, decodeServerFrame, encode, PING, pong } from "../../protocol/codec.ts";
import { ERRORS } from "../../protocol/errors.ts";
import { LIMITS, utf8Bytes } from "../../protocol/limits.ts";
import { type ServerFrame, serverFrameSchema } from "../../protocol/server-frames.ts";

const TALK = "direct:alice,bob";
const ID = "alice:k3Jd92mx:17";

/** One frame of each kind as it stands on the wire: what was readable once must stay so. */
const GOLDEN_CLIENT: { readonly [T in ClientFrame["t"]]: string } = {
  hello: `{"t":"hello","version":1,"cursor":null,"capabilities":["ack"],"app":{"name":"demo","version":"1.0.0","platform":"web"},"heartbeatMs":25000,"cause":"first","epoch":3}`,
  submit: `{"t":"submit","items":[{"conversation":"${TALK}","counter":2,"prev":1,"priority":"urgent","draft":3,"body":{"kind":"text","text":"hi","replyTo":1,"forwardOf":"${ID}"}}]}`,
  ack: `{"t":"ack","seq":0,"aside":[5]}`,
  nack: `{"t":"nack","seq":5,"reason":"can't store it"}`,
  sync: `{"t":"sync","cursor":4}`,
  read: `{"t":"read","conversation":"${TALK}","number":7}`,
  history: `{"t":"history","ref":"h1","conversation":"${TALK}","before":9,"limit":200}`,
  snapshot: `{"t":"snapshot","ref":"s1","after":"${TALK}"}`,
  arrange: `{"t":"arrange","ref":"a1","conversation":"${TALK}","change":{"pinned":true,"mutedUntil":null,"archived":false,"folders":["work"],"markedUnread":false}}`,
  folders: `{"t":"folders","ref":"f1","folders":[{"id":"work","name":"Work"}]}`,
  draft: `{"t":"draft","ref":"d1","conversation":"${TALK}","base":2,"text":"","replyTo":1}`,
  block: `{"t":"block","ref":"b1","user":"mallory","on":true}`,
  "answer-request": `{"t":"answer-request","ref":"q1","conversation":"${TALK}","accept":false}`,
  typing: `{"t":"typing","conversation":"${TALK}","on":true}`,
  have: '{"t":"have","conversation":"group:0123456789abcdefghijkl","number":3}',
  watch: `{"t":"watch","users":["bob"],"groups":["group:0123456789abcdefghijkl"]}`,
  "retry-entry": `{"t":"retry-entry","seq":5}`,
  renew: `{"t":"renew","ref":"r1","token":"a.b.c"}`,
  pace: `{"t":"pace","heartbeatMs":50000}`,
};

const ENTRY = `{"seq":3,"conversation":"${TALK}","number":2,"id":"${ID}","at":1790000000000,"priority":"bulk","body":{"kind":"text","text":"hi"},"changes":{"edited":4,"reactions":{"👍":["bob"]}}}`;

const GOLDEN_SERVER: { readonly [T in ServerFrame["t"]]: string } = {
  welcome: `{"t":"welcome","version":1,"user":"alice","device":"k3Jd92mx","session":"5f0c","serverTime":1790000000000,"head":1,"floor":0,"cursor":0,"reset":false,"counter":0,"expiresAt":1790003600000,"ticket":"t","network":"n","ackDelayMs":100,"ackMaxMs":1000}`,
  entries: `{"t":"entries","route":"catch-up","from":3,"to":3,"count":1,"entries":[${ENTRY}],"caughtUp":true}`,
  accepted: `{"t":"accepted","results":[{"conversation":"${TALK}","counter":1,"number":null,"at":5},{"conversation":"${TALK}","counter":2,"error":{"code":"gap","have":1}}]}`,
  marks: `{"t":"marks","conversation":"${TALK}","user":"bob","delivered":3,"read":2,"routed":4}`,
  log: '{"t":"log","conversation":"group:0123456789abcdefghijkl","from":3,"to":3,"entries":[{"number":3,"id":"bob:Zq81kP0a:1","at":1,"body":{"kind":"text","text":"hi"}}]}',
  head: '{"t":"head","conversation":"group:0123456789abcdefghijkl","number":3,"unread":1,"read":2}',
  totals: `{"t":"totals","conversation":"group:AAAAAAAAAAAAAAAAAAAAAA","number":3,"delivered":2,"read":1,"of":4}`,
  history: `{"t":"history","ref":"h1","conversation":"${TALK}","entries":[${ENTRY}],"more":true}`,
  snapshot: `{"t":"snapshot","ref":"s1","asOf":9,"conversations":[{"conversation":"${TALK}","head":2,"headSeq":3,"at":5,"unread":1,"read":1,"peer":{"delivered":2,"read":1},"last":${ENTRY}}],"next":"${TALK}"}`,
  renewed: `{"t":"renewed","ref":"r1","expiresAt":1790003600000,"ticket":"t"}`,
  done: `{"t":"done","ref":"a1"}`,
  presence: `{"t":"presence","users":[{"user":"bob","online":false,"lastSeenAt":1790000000000}]}`,
  typing: `{"t":"typing","conversation":"${TALK}","user":"bob","on":true}`,
  error: `{"t":"error","of":"submit","ref":"r","error":{"code":"rate","field":"f","rule":"r","retryAfterMs":5}}`,
};

describe("golden frames", () => {
  test.each(Object.entries(GOLDEN_CLIENT))(
    "R14 %s from a device is read as it stands",
    (_, text) => {
      expect(decodeClientFrame(text)).toEqual({ ok: true, frame: JSON.parse(text) });
    },
  );

  test.each(Object.entries(GOLDEN_SERVER))(
    "R14 %s from the server is read as it stands",
    (_, text) => {
      expect(decodeServerFrame(text)).toEqual({ ok: true, frame: JSON.parse(text) });
    },
  );

  test("R14 there is one of each kind", () => {
    const kindsOf = (schema: { options: readonly { entries: { t: { literal: string } } }[] }) =>
      schema.options.map(({ entries }) => entries.t.literal).sort();
    expect(Object.keys(GOLDEN_CLIENT).sort()).toEqual(kindsOf(clientFrameSchema));
    expect(Object.keys(GOLDEN_SERVER).sort()).toEqual(kindsOf(serverFrameSchema));
  });

  test("R14 what a newer server adds is ignored, what a newer client adds is refused", () => {
    const server = decodeServerFrame(GOLDEN_SERVER.marks.replace("{", '{"surprise":1,'));
    expect(server).toEqual(decodeServerFrame(GOLDEN_SERVER.marks));
    const client = decodeClientFrame(GOLDEN_CLIENT.sync.replace("{", '{"surprise":1,'));
    expect(client).toMatchObject({ ok: false, error: { code: "bad-field", field: "surprise" } });
  });

  test("R20 the heartbeat is exactly this text", () => {
    expect(PING).toBe('{"t":"ping"}');
    expect(pong(17)).toBe('{"t":"pong","head":17}');
    expect(decodeClientFrame(PING)).toMatchObject({ ok: false });
  });
});

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,20}$/);
const deviceId = fc.stringMatching(/^[A-Za-z0-9_-]{8,32}$/);
const whole = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const positive = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const conversation = fc
  .tuple(name, name)
  .map(([a, b]) => (a <= b ? `direct:${a},${b}` : `direct:${b},${a}`));
const text = fc.string({ minLength: 1, maxLength: 200, unit: "grapheme" });
const messageId = fc.tuple(name, deviceId, positive).map((parts) => parts.join(":"));

const content = fc.oneof(
  fc.record(
    { kind: fc.constant("text" as const), text, replyTo: positive, forwardOf: messageId },
    { requiredKeys: ["kind", "text"] },
  ),
  fc.record({ kind: fc.constant("custom" as const), type: fc.constant("app.x"), data: text }),
  fc.record({ kind: fc.constant("contact" as const), user: name, replyTo: positive }),
  fc.record({ kind: fc.constant("edit" as const), target: positive, text }),
  fc.record({ kind: fc.constant("recall" as const), target: positive }),
  fc.record({
    kind: fc.constant("reaction" as const),
    target: positive,
    emoji: fc.constantFrom("👍", "👨‍👩‍👧‍👦", "ok"),
    on: fc.boolean(),
  }),
);

const clientFrame: fc.Arbitrary<ClientFrame> = fc.oneof(
  fc.record({
    t: fc.constant("submit" as const),
    items: fc.array(
      fc.record(
        {
          conversation,
          counter: positive,
          prev: whole,
          priority: fc.constantFrom("normal" as const, "urgent" as const, "bulk" as const),
          body: content,
        },
        { requiredKeys: ["conversation", "counter", "prev", "body"] },
      ),
      { minLength: 1, maxLength: 4 },
    ),
  }),
  fc.record(
    { t: fc.constant("ack" as const), seq: whole, aside: fc.array(positive, { maxLength: 64 }) },
    { requiredKeys: ["t", "seq"] },
  ),
  fc.record({ t: fc.constant("nack" as const), seq: positive, reason: fc.constant("no") }),
  fc.record({ t: fc.constant("sync" as const), cursor: whole }),
  fc.record({ t: fc.constant("read" as const), conversation, number: positive }),
  fc.record(
    {
      t: fc.constant("history" as const),
      ref: fc.constant("r"),
      conversation,
      before: positive,
      limit: fc.integer({ min: 1, max: 200 }),
    },
    { requiredKeys: ["t", "ref", "conversation", "limit"] },
  ),
);

describe("any frame", () => {
  test("R14 comes back as it was sent", () => {
    fc.assert(
      fc.property(clientFrame, (frame) => {
        expect(decodeClientFrame(encode(frame))).toEqual({ ok: true, frame });
      }),
    );
  });

  function expectTyped(decoded: ReturnType<typeof decodeClientFrame>): void {
    if (decoded.ok) return;
    expect(Object.keys(ERRORS)).toContain(decoded.error.code);
    expect(decoded.error.rule).toMatch(/\S/);
    expect(decoded.error.field?.length ?? 0).toBeLessThanOrEqual(128);
    expect(decoded.of?.length ?? 0).toBeLessThanOrEqual(32);
    expect(decoded.ref?.length ?? 0).toBeLessThanOrEqual(64);
  }

  test("R14 any text is a frame or a typed error, never a throw", () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.json(),
      fc.object().map((value) => JSON.stringify({ t: "submit", ...value })),
      fc
        .constantFrom(...Object.values(GOLDEN_CLIENT))
        .chain((golden) => fc.nat(golden.length).map((at) => golden.slice(0, at))),
    );
    fc.assert(
      fc.property(hostile, (one) => {
        expectTyped(decodeClientFrame(one));
        expectTyped(decodeServerFrame(one) as ReturnType<typeof decodeClientFrame>);
      }),
      { numRuns: 500 },
    );
  });

  test("R14 a good frame with one part replaced by anything is a frame or a typed error", () => {
    const part = fc.oneof(fc.anything(), fc.constantFrom(-1, 2 ** 53, 1e308, "", [], {}, null));
    const golden = fc.constantFrom(...Object.values(GOLDEN_CLIENT));
    fc.assert(
      fc.property(golden, fc.nat(), part, (good, index, value) => {
        const frame = JSON.parse(good) as Record<string, unknown>;
        const keys = Object.keys(frame);
        frame[keys[index % keys.length] ?? "t"] = value;
        expectTyped(
          decodeClientFrame(JSON.stringify(frame, (_, v) => (typeof v === "bigint" ? 0 : v))),
        );
      }),
      { numRuns: 500 },
    );
  });

  test("R14 size is measured in bytes, before anything is parsed", () => {
    const fits = `"${"x".repeat(LIMITS.frameBytes - 2)}"`;
    expect(decodeClientFrame(fits)).toMatchObject({ error: { code: "bad-frame" } });
    for (const over of [`${fits} `, `"${"é".repeat(LIMITS.frameBytes / 2)}"`]) {
      expect(utf8Bytes(over)).toBeGreaterThan(LIMITS.frameBytes);
      expect(decodeClientFrame(over)).toEqual({
        ok: false,
        error: { code: "too-big", rule: `max-bytes:${LIMITS.frameBytes}` },
      });
    }
  });

  test("R14 a refusal says which frame was meant, where that can be read", () => {
    expect(decodeClientFrame(`{"t":"history","ref":"h7","limit":0}`)).toMatchObject({
      of: "history",
      ref: "h7",
    });
    expect(decodeClientFrame(`{"t":"${"x".repeat(99)}","ref":7}`)).toMatchObject({
      of: "x".repeat(32),
      error: { code: "bad-frame", field: "t", rule: "known-frame" },
    });
  });
});
