import { base64url } from "jose";
import { expect, test } from "vitest";
import { TIMING } from "../../protocol/timing.ts";
import { serverKeys } from "../../worker/keys.ts";
import { mintTicket, openTicket } from "../../worker/tickets.ts";
import { bearer, edge, json, refusalOf, tokenFor } from "./fixtures/edge.ts";

const NOW = Date.UTC(2026, 10, 22);
const DAY_MS = 86_400_000;
const wish = {
  user: "alice",
  device: "device-1",
  until: NOW + 3_600_000,
  purpose: "open",
} as const;
const { ticket: key } = await serverKeys(edge().env);

test("a ticket tells what it was made for", async () => {
  const { text, number, expiresAt } = await mintTicket(wish, key, NOW, 0.5);
  expect(expiresAt).toBe(NOW + TIMING.ticketMs);
  const claims = { ...wish, number, expiresAt };
  expect(await openTicket(text, key, NOW)).toEqual({ ok: true, claims });
  // It travels as a sub-protocol: RFC 9110 tokens only.
  expect(text).toMatch(/^[A-Za-z0-9._-]+$/);
});

test("a ticket ends after its time, and with its token", async () => {
  const { text } = await mintTicket(wish, key, NOW, 0);
  expect(await openTicket(text, key, NOW + TIMING.ticketMs - 1)).toMatchObject({ ok: true });
  const late = await openTicket(text, key, NOW + TIMING.ticketMs);
  expect(late).toEqual({ ok: false, why: "expired" });
  const short = await mintTicket({ ...wish, until: NOW + 10 }, key, NOW, 0);
  expect(short.expiresAt).toBe(NOW + 10);
  expect(await openTicket(short.text, key, NOW + 10)).toEqual({ ok: false, why: "expired" });
});

test("a ticket for resuming lives as long as the token, a day at most", async () => {
  const resume = { ...wish, purpose: "resume" } as const;
  expect((await mintTicket(resume, key, NOW, 0)).expiresAt).toBe(wish.until);
  const long = { ...resume, until: NOW + 30 * DAY_MS };
  expect((await mintTicket(long, key, NOW, 0)).expiresAt).toBe(NOW + DAY_MS);
});

test("numbers rise with time, and above the ticket just used", async () => {
  const first = await mintTicket(wish, key, NOW, 0.999);
  const later = await mintTicket(wish, key, NOW + 1, 0);
  expect(later.number).toBeGreaterThan(first.number);
  const next = await mintTicket({ ...wish, above: first.number }, key, NOW, 0);
  expect(next.number).toBeGreaterThan(first.number);
  expect(Number.isSafeInteger(next.number)).toBe(true);
});

test("nothing forged or mangled opens", async () => {
  const { text } = await mintTicket(wish, key, NOW, 0);
  const [payload = "", mac = ""] = text.split(".");
  const claims = JSON.parse(new TextDecoder().decode(base64url.decode(payload))) as object;
  const forged = base64url.encode(JSON.stringify({ ...claims, user: "mallory" }));
  const other = await serverKeys(edge({ AUTH_SECRET: "x".repeat(32) }).env);
  const foreign = await mintTicket(wish, other.ticket, NOW, 0);
  const attempts = [
    "",
    ".",
    payload,
    `${payload}.`,
    `${forged}.${mac}`,
    `${payload}.${mac}.${mac}`,
    `${payload}.${mac.slice(2)}`,
    `${payload}.%%%`,
    `${"A".repeat(2_000)}.${mac}`,
    foreign.text,
  ];
  for (const attempt of attempts) {
    expect(await openTicket(attempt, key, NOW)).toEqual({ ok: false, why: "invalid" });
  }
});

test("a token is no ticket, and the network key signs none", async () => {
  const here = edge();
  const token = await tokenFor(here, "alice");
  expect(await openTicket(token, key, Date.now())).toEqual({ ok: false, why: "invalid" });
  const { network } = await serverKeys(here.env);
  const { text } = await mintTicket(wish, network, NOW, 0);
  expect(await openTicket(text, key, NOW)).toEqual({ ok: false, why: "invalid" });
});

test("POST /v1/tickets binds the ticket to the token's user, and wakes nobody", async () => {
  const here = edge();
  const headers = bearer(await tokenFor(here, "alice"));
  const response = await here.fetch("/v1/tickets", json("POST", { device: "device-1" }, headers));
  expect(response.status).toBe(200);
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  const { ticket } = (await response.json()) as { ticket: string };
  const opened = await openTicket(ticket, key, Date.now());
  expect(opened).toMatchObject({ ok: true, claims: { user: "alice", device: "device-1" } });
  expect(here.touched).toEqual([]);
});

test.each<[string, unknown, string]>([
  ["no device", {}, "device"],
  ["a short device id", { device: "d" }, "device"],
  ["a device that is no string", { device: { $gt: "" } }, "device"],
  ["a user beside it", { device: "device-1", user: "bob" }, "user"],
])("POST /v1/tickets refuses %s", async (_, body, field) => {
  const here = edge();
  const headers = bearer(await tokenFor(here, "alice"));
  const refusal = await refusalOf(await here.fetch("/v1/tickets", json("POST", body, headers)));
  expect(refusal).toMatchObject({ status: 400, code: "bad-field", field });
});
