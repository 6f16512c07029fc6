import { expect, test } from "vitest";
import { CLOSE } from "../../protocol/close-codes.ts";
import { decodeServerFrame } from "../../protocol/codec.ts";
import { serverKeys } from "../../worker/keys.ts";
import type { SocketGrant } from "../../worker/requests.ts";
import { mintTicket, openTicket, type TicketWish } from "../../worker/tickets.ts";
import { type Edge, edge, HOST, refusalOf, tokenFor } from "./fixtures/edge.ts";

const HOUR_MS = 3_600_000;

let devices = 0;

/** A ticket for a device that no other test has used. */
async function ticketFor(here: Edge, wish: Partial<TicketWish> = {}, at = Date.now()) {
  const { ticket } = await serverKeys(here.env);
  devices += 1;
  const device = `device-${devices}`;
  const full = { user: "alice", device, until: at + HOUR_MS, purpose: "open", ...wish } as const;
  return mintTicket(full, ticket, at, 0.5);
}

function upgrade(ticket: string, headers: Record<string, string> = {}): RequestInit {
  const protocol = { "Sec-WebSocket-Protocol": `holdfast.v1, ticket.${ticket}` };
  return { headers: { Upgrade: "websocket", ...protocol, ...headers } };
}

interface Ended {
  readonly texts: string[];
  readonly code: number;
  readonly reason: string;
}

/** Everything that a socket says until it closes. */
function readToEnd(response: Response): Promise<Ended> {
  const socket = response.webSocket;
  if (socket === null) throw new Error(`no socket, but ${response.status}`);
  const texts: string[] = [];
  return new Promise((resolve) => {
    socket.addEventListener("message", ({ data }) => {
      texts.push(String(data));
    });
    socket.addEventListener("close", ({ code, reason }) => resolve({ texts, code, reason }));
    socket.accept();
  });
}

test("a good ticket reaches the user's object with a grant and nothing of the client's", async () => {
  const here = edge();
  const ticket = await ticketFor(here, { device: "device-grant" });
  const spoofed = {
    "X-Holdfast-Grant": JSON.stringify({ user: "bob" }),
    "X-User-Id": "bob",
    "X-Forwarded-For": "10.0.0.1",
    "CF-Connecting-IP": "203.0.113.7",
    Authorization: "Bearer canary",
    "User-Agent": "canary",
  };
  const response = await here.fetch("/v1/socket?user=bob", upgrade(ticket.text, spoofed));
  expect(response.status).toBe(101);
  expect(response.headers.get("Sec-WebSocket-Protocol")).toBe("holdfast.v1");

  const [touch, ...more] = here.touched;
  expect(more).toEqual([]);
  expect(touch?.user).toBe("alice");
  const names = [...(touch?.upgrade?.headers.keys() ?? [])];
  expect(names.sort()).toEqual(["upgrade", "x-holdfast-grant"]);
  expect(new URL(touch?.upgrade?.url ?? "").search).toBe("");
  const grant = JSON.parse(touch?.upgrade?.headers.get("x-holdfast-grant") ?? "") as SocketGrant;
  expect(grant).toMatchObject({
    user: "alice",
    device: "device-grant",
    ticketNumber: ticket.number,
    network: expect.stringMatching(/^\d+-\w+-[\w-]{8}$/) as string,
  });
  expect(JSON.stringify(grant)).not.toContain("203.0.113");
});

test("the grant brings the ticket for the next socket, numbered above this one", async () => {
  const here = edge();
  const ticket = await ticketFor(here);
  await here.fetch("/v1/socket", upgrade(ticket.text));
  const header = here.touched[0]?.upgrade?.headers.get("x-holdfast-grant") ?? "";
  const { nextTicket, expiresAt } = JSON.parse(header) as SocketGrant;
  const { ticket: key } = await serverKeys(here.env);
  const opened = await openTicket(nextTicket, key, Date.now() + 60_000);
  expect(opened).toMatchObject({ ok: true, claims: { purpose: "resume", until: expiresAt } });
  if (opened.ok) expect(opened.claims.number).toBeGreaterThan(ticket.number);
});

test.each<[string, (here: Edge) => Promise<string> | string, string]>([
  ["no ticket", () => "", "ticket-invalid"],
  ["garbage", () => "x.y", "ticket-invalid"],
  ["a token", (here) => tokenFor(here, "alice"), "ticket-invalid"],
  [
    "an old ticket",
    async (here) => (await ticketFor(here, {}, Date.now() - 31_000)).text,
    "ticket-expired",
  ],
  [
    "a ticket whose token has ended",
    async (here) => (await ticketFor(here, { until: Date.now() - 1, purpose: "resume" })).text,
    "ticket-expired",
  ],
])("%s: a socket that says why, closes with 4401 and wakes nobody", async (_, ticket, rule) => {
  const here = edge();
  const response = await here.fetch("/v1/socket", upgrade(await ticket(here)));
  expect(response.headers.get("Sec-WebSocket-Protocol")).toBe("holdfast.v1");
  const { texts, code, reason } = await readToEnd(response);
  expect(texts.map((text) => decodeServerFrame(text))).toEqual([
    { ok: true, frame: { t: "error", error: { code: "unauthenticated", rule } } },
  ]);
  expect(code).toBe(CLOSE.unauthenticated.code);
  expect(JSON.parse(reason)).toEqual({ why: "unauthenticated" });
  expect(here.touched).toEqual([]);
});

test.each<[string, Record<string, string>, boolean]>([
  ["the page's own", { Origin: HOST }, true],
  ["a listed one", { Origin: "https://app.example" }, true],
  ["none, as from Node", {}, true],
  ["none, but a cookie", { Cookie: "a=b" }, false],
  ["another site", { Origin: "https://evil.example" }, false],
  ["null", { Origin: "null" }, false],
  ["an empty one", { Origin: "" }, false],
  ["our name as a prefix", { Origin: `${HOST}.evil.example` }, false],
  ["our name as a suffix", { Origin: "https://evil-chat.example" }, false],
  ["a listed name as a prefix", { Origin: "https://app.example.evil.com" }, false],
  ["a sub-domain of a listed name", { Origin: "https://x.app.example" }, false],
  ["a listed name without TLS", { Origin: "http://app.example" }, false],
  ["another port", { Origin: `${HOST}:8443` }, false],
  ["with a user", { Origin: "https://chat.example@evil.example" }, false],
  [
    "a forwarded host",
    { Origin: "https://evil.example", "X-Forwarded-Host": "evil.example" },
    false,
  ],
])("origin: %s", async (_, headers, isWelcome) => {
  const here = edge({ ALLOWED_ORIGINS: "https://app.example, https://two.example" });
  const ticket = await ticketFor(here);
  const response = await here.fetch("/v1/socket", upgrade(ticket.text, headers));
  expect(response.status).toBe(isWelcome ? 101 : 403);
  expect(here.touched).toHaveLength(isWelcome ? 1 : 0);
  if (!isWelcome) expect(response.webSocket).toBeNull();
});

test("what is no upgrade is answered as plain HTTP", async () => {
  const here = edge();
  const plain = await refusalOf(await here.fetch("/v1/socket"));
  expect(plain).toMatchObject({ status: 400, field: "upgrade", rule: "websocket" });
  const other = { headers: { Upgrade: "websocket", "Sec-WebSocket-Protocol": "mqtt" } };
  const foreign = await refusalOf(await here.fetch("/v1/socket", other));
  expect(foreign).toMatchObject({ status: 400, field: "sec-websocket-protocol" });
  const posted = await refusalOf(await here.fetch("/v1/socket", { method: "POST" }));
  expect(posted).toMatchObject({ status: 404, code: "not-found" });
  expect(here.touched).toEqual([]);
});

test("a ticket in the URL opens nothing", async () => {
  const here = edge();
  const { text } = await ticketFor(here);
  const init = upgrade("");
  const response = await here.fetch(`/v1/socket?ticket=${text}`, init);
  expect((await readToEnd(response)).code).toBe(4401);
  expect(here.touched).toEqual([]);
});

test("the eleventh upgrade of a device within a minute is refused, others are not", async () => {
  const here = edge();
  const device = "device-in-a-hurry";
  const open = async (name: string) =>
    here.fetch("/v1/socket", upgrade((await ticketFor(here, { device: name })).text));
  for (let i = 0; i < 10; i += 1) expect((await open(device)).status).toBe(101);
  const refused = await open(device);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThanOrEqual(1);
  expect(await refusalOf(refused)).toMatchObject({ code: "rate" });
  expect(here.touched).toHaveLength(10);
  expect((await open("another-device")).status).toBe(101);
});

test("an object that fails costs a 503 with a hint, and no details", async () => {
  const here = edge({
    USER: {
      getByName: () => {
        throw new Error("SQLITE_FULL in object 0123456789abcdef");
      },
    },
  });
  const response = await here.fetch("/v1/socket", upgrade((await ticketFor(here)).text));
  expect(response.headers.get("Retry-After")).toBe("2");
  const text = await response.text();
  expect(response.status).toBe(503);
  expect(text).not.toMatch(/SQLITE|0123456789abcdef/);
});
