import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { afterClose, CLOSE, formatCloseReason, spreadHintMs } from "../../protocol/close-codes.ts";
import { ERRORS } from "../../protocol/errors.ts";
import {
  conversationIdSchema,
  deviceIdSchema,
  directConversation,
  formatMessageId,
  groupConversation,
  isDeviceId,
  isUserId,
  messageIdSchema,
  parseConversation,
  parseMessageId,
  peerOf,
  userIdSchema,
} from "../../protocol/ids.ts";
import { LIMITS, utf8Bytes } from "../../protocol/limits.ts";
import { DEFAULT_SETTINGS, settingsPatchSchema, settingsSchema } from "../../protocol/settings.ts";
import { staleAfterMs, TIMING } from "../../protocol/timing.ts";

const user = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/);
const device = fc.stringMatching(/^[A-Za-z0-9_-]{8,32}$/);

describe("names", () => {
  test("R2 an origin is written and read without loss", () => {
    const counter = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(user, device, counter, (u, d, c) => {
        const origin = { user: u, device: d, counter: c };
        expect(parseMessageId(formatMessageId(origin))).toEqual(origin);
        expect(v.is(messageIdSchema, formatMessageId(origin))).toBe(true);
      }),
    );
  });

  test("R2 a direct conversation has one name, whoever asks", () => {
    fc.assert(
      fc.property(user, user, (a, b) => {
        const id = directConversation(a, b);
        expect(id).toBe(directConversation(b, a));
        expect(v.is(conversationIdSchema, id)).toBe(true);
        expect(peerOf(id, a)).toBe(b);
        expect(peerOf(id, b)).toBe(a);
        expect(peerOf(id, `${a}${b}x`)).toBeUndefined();
      }),
    );
  });

  test.each([
    "",
    "direct:",
    "direct:alice",
    "direct:bob,alice",
    "direct:alice,bob,carol",
    "direct:alice,",
    "direct: alice,bob",
    "DIRECT:alice,bob",
    "direct:alice,böb",
    "direct:-a,b",
    "group:short",
    "group:AAAAAAAAAAAAAAAAAAAAA=",
    "topic:x",
    "alice,bob",
  ])("R14 %j names no conversation", (id) => {
    expect(parseConversation(id)).toBeUndefined();
    expect(v.is(conversationIdSchema, id)).toBe(false);
  });

  test("a group's name", () => {
    const group = "A_-zzzzzzzzzzzzzzzzzz9";
    expect(parseConversation(groupConversation(group))).toEqual({ kind: "group", group });
    expect(peerOf(groupConversation(group), "alice")).toBeUndefined();
  });

  test.each([
    "alice:k3Jd92mx",
    "alice:k3Jd92mx:0",
    "alice:k3Jd92mx:-1",
    "alice:k3Jd92mx:01",
    "alice:k3Jd92mx:1.5",
    "alice:k3Jd92mx:9007199254740992",
    "alice:short:1",
    "alice:k3Jd92mx:1:2",
    ":k3Jd92mx:1",
  ])("R14 %j names no message", (id) => {
    expect(parseMessageId(id)).toBeUndefined();
    expect(v.is(messageIdSchema, id)).toBe(false);
  });

  test("R14 users and devices", () => {
    for (const good of ["a", "a.b_c@d-e", "A".repeat(64)]) expect(isUserId(good)).toBe(true);
    for (const bad of ["", ".a", "a b", "a,b", "a:b", "a/b", "é", "A".repeat(65), "a\n"]) {
      expect(isUserId(bad)).toBe(false);
      expect(v.is(userIdSchema, bad)).toBe(false);
    }
    for (const bad of ["short", "x".repeat(33), "with space", "12345678\n"]) {
      expect(isDeviceId(bad)).toBe(false);
      expect(v.is(deviceIdSchema, bad)).toBe(false);
    }
  });
});

describe("the ends of a socket", () => {
  const entries = Object.entries(CLOSE) as [
    keyof typeof CLOSE,
    (typeof CLOSE)[keyof typeof CLOSE],
  ][];

  test("R14 each code stands once, in the ranges that an endpoint may send", () => {
    const codes = entries.map(([, { code }]) => code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) {
      expect(code).toSatisfy((n: number) => (n >= 1000 && n <= 1014) || (n >= 4000 && n <= 4999));
      expect([1004, 1005, 1006, 1015]).not.toContain(code);
    }
  });

  test.each(entries)("R14 the reason of %s fits a close frame", (why) => {
    expect(utf8Bytes(formatCloseReason({ why, spreadMs: 600_000 }))).toBeLessThanOrEqual(123);
  });

  test("R14 every code has its advice, an unknown one means backoff", () => {
    const advice = Object.fromEntries(entries.map(([, { code }]) => [code, afterClose(code)]));
    expect(advice).toEqual({
      1000: "backoff",
      1003: "backoff",
      1009: "backoff",
      1012: "backoff",
      1013: "backoff",
      4400: "backoff",
      4401: "token",
      4403: "stop",
      4408: "backoff",
      4409: "stop",
      4410: "stop",
      4426: "stop",
      4429: "backoff",
    });
    for (const code of [1001, 1006, 1011, 3000, 4999, 0]) expect(afterClose(code)).toBe("backoff");
  });

  test("R14 a hint is taken when it is well formed, and never trusted", () => {
    expect(spreadHintMs(formatCloseReason({ why: "restart", spreadMs: 5_000 }))).toBe(5_000);
    for (const bad of [
      "",
      "x",
      "null",
      "7",
      '{"spreadMs":-1}',
      '{"spreadMs":"5"}',
      '{"spreadMs":1e9}',
    ]) {
      expect(spreadHintMs(bad)).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.string(), (reason) => {
        const hint = spreadHintMs(reason);
        expect(hint === undefined || (hint >= 0 && hint <= 600_000)).toBe(true);
      }),
    );
  });
});

describe("limits and settings", () => {
  test("R14 what one frame may hold fits one frame", () => {
    expect(LIMITS.textBytes).toBeLessThan(LIMITS.contentBytes);
    expect(LIMITS.customBytes).toBeLessThan(LIMITS.contentBytes);
    expect(LIMITS.contentBytes).toBeLessThan(LIMITS.frameBytes);
    expect(LIMITS.pageBytes).toBeLessThanOrEqual(LIMITS.frameBytes);
    expect(LIMITS.windowEntries).toBe(DEFAULT_SETTINGS.windowEntries);
    expect(LIMITS.windowBytes).toBe(DEFAULT_SETTINGS.windowBytes);
  });

  test("R14 the defaults are within their own bounds", () => {
    expect(v.parse(settingsSchema, DEFAULT_SETTINGS)).toEqual(DEFAULT_SETTINGS);
    expect(v.parse(settingsPatchSchema, {})).toEqual({});
  });

  test("R10 by default there are eight attempts over the seven delays of the design", () => {
    const { retry } = DEFAULT_SETTINGS;
    expect(retry.maxAttempts).toBe(8);
    expect(retry.strategies.default).toEqual({
      kind: "stepped",
      delaysMs: [10_000, 10_000, 10_000, 20_000, 40_000, 80_000, 300_000],
    });
  });

  test.each<[string, object]>([
    ["an unknown setting", { surprise: 1 }],
    ["a negative one", { windowEntries: -1 }],
    ["a fraction", { windowEntries: 1.5 }],
    ["one beyond its bound", { handOffTimeoutMs: 30_001 }],
    ["a strategy without its default", { retry: { ...DEFAULT_SETTINGS.retry, strategies: {} } }],
    ["no delay at all", { handOffDelaysMs: [] }],
    ["another kind of recipients", { recipients: "nobody" }],
  ])("R14 %s is refused", (_, patch) => {
    expect(v.is(settingsPatchSchema, patch)).toBe(false);
  });

  test("R10 a device is taken for gone well after a missed heartbeat", () => {
    expect(staleAfterMs(TIMING.heartbeatMs)).toBe(75_000);
    expect(staleAfterMs(120_000)).toBe(190_000);
  });

  test("R14 every error says what a repeat would bring", () => {
    for (const { retry } of Object.values(ERRORS)) {
      expect(["never", "later", "resend"]).toContain(retry);
    }
  });
});
