import fc from "fast-check";
import { expect, test } from "vitest";
import { ERRORS, type ErrorCode } from "../../protocol/errors.ts";
import { ConnectRate } from "../../worker/core/connect-rate.ts";
import { statusOf } from "../../worker/core/http-status.ts";
import { addressPrefix } from "../../worker/core/network.ts";
import { mayConnectFrom, parseOrigins } from "../../worker/core/origin.ts";

test.each([
  ["203.0.113.77", "203.0.113.0/24"],
  ["::ffff:203.0.113.77", "203.0.113.0/24"],
  ["2001:db8:1:2::3", "2001:db8:1::/48"],
  ["2001:0DB8:0001:ffff:1:2:3:4", "2001:db8:1::/48"],
  ["::1", "0:0:0::/48"],
  ["2001::", "2001:0:0::/48"],
  ["", undefined],
  ["localhost", undefined],
  ["1:2:3", undefined],
  ["1::2::3", undefined],
  ["1:2:3:4:5:6:7::8:9", undefined],
  ["203.0.113.77, 10.0.0.1", undefined],
])("network of %s: %s", (address, prefix) => {
  expect(addressPrefix(address)).toBe(prefix);
});

test("ALLOWED_ORIGINS is split by commas and white space; what is no origin is left out", () => {
  expect(parseOrigins(undefined)).toEqual([]);
  const text = "https://a.example, http://b.example:8080\nnull * https://c.example/path";
  expect(parseOrigins(text)).toEqual(["https://a.example", "http://b.example:8080"]);
});

test("no origin but a listed or the own one may connect, whatever it looks like", () => {
  const host = "chat.example";
  const allowed = ["https://app.example"];
  const good = new Set(["https://app.example", "https://chat.example", "http://chat.example"]);
  const part = fc.constantFrom(
    "https://",
    "http://",
    host,
    "app.example",
    ".",
    "@",
    "evil",
    "null",
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), fc.boolean(), (parts, hasCookie) => {
      const origin = parts.join("");
      expect(mayConnectFrom({ origin, host, hasCookie, allowed })).toBe(good.has(origin));
    }),
  );
});

test("a device gets so many sockets a minute, then waits for the next", () => {
  const rate = new ConnectRate(10);
  for (let i = 0; i < 3; i += 1) expect(rate.admit("a", 3, 1_000)).toEqual({ ok: true });
  expect(rate.admit("a", 3, 1_000)).toEqual({ ok: false, retryAfterMs: 20_000 });
  expect(rate.admit("b", 3, 1_000)).toEqual({ ok: true });
  // Being refused costs nothing: the wait does not grow.
  expect(rate.admit("a", 3, 11_000)).toEqual({ ok: false, retryAfterMs: 10_000 });
  expect(rate.admit("a", 3, 21_000)).toEqual({ ok: true });
  expect(rate.admit("a", 3, 21_000)).toMatchObject({ ok: false });
});

test("the rate remembers the devices seen last, no more than its capacity", () => {
  const rate = new ConnectRate(2);
  for (const device of ["a", "b", "a", "c"]) rate.admit(device, 1, 0);
  expect(rate.admit("a", 1, 0).ok).toBe(false);
  expect(rate.admit("c", 1, 0).ok).toBe(false);
  expect(rate.admit("b", 1, 0).ok).toBe(true);
});

test("every protocol error has a status, and only our own faults are 5xx", () => {
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    const isOurs = code === "internal" || code === "busy";
    expect(statusOf(code) >= 500).toBe(isOurs);
    expect(statusOf(code)).toBeGreaterThanOrEqual(400);
  }
});
