import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { directConversation } from "../../protocol/names.ts";
import { SUB_PROTOCOL } from "../../protocol/version.ts";
import { signIn, socketUrlOf, ticketFor } from "../support/accounts.ts";
import { RawClient } from "../support/raw-client.ts";
import { HELLO, openSession, protocolsFor } from "../support/session.ts";
import { FAST, Stage } from "../support/stage.ts";

const CANARY = "canary-4f1d";

let stage: Stage;
let url: string;
const opened: RawClient[] = [];

beforeAll(async () => {
  const { connectsPerMinute: _, rateBurst: __, ratePerSecond: ___, ...settings } = FAST;
  stage = await Stage.open(settings);
  url = stage.server.url;
});
afterEach(() => {
  for (const client of opened.splice(0)) client.terminate();
});
afterAll(() => stage.close());

async function session(user: string, device: string): Promise<RawClient> {
  const client = await openSession(url, user, device);
  opened.push(client);
  return client;
}

const message = (user: string, counter: number, change: object = {}) => ({
  conversation: directConversation(user, user),
  counter,
  prev: counter - 1,
  body: { kind: "text", text: `note ${counter}` },
  ...change,
});

test("R15 headers that name somebody else, or pretend to come from inside, change nothing", async () => {
  const grant = { user: "victim", device: "victim-device", ticketNumber: 9e15, expiresAt: 9e15 };
  const headers = {
    "X-User-Id": "victim",
    "X-Forwarded-User": "victim",
    "X-Forwarded-For": "127.0.0.1",
    "X-Forwarded-Host": "user.invalid",
    "CF-Connecting-IP": "127.0.0.1",
    "CF-Access-Authenticated-User-Email": "victim@example.com",
    "x-holdfast-grant": JSON.stringify(grant),
  };
  const protocols = await protocolsFor(url, "spoofer", "spoofer-device");
  const client = await RawClient.open(socketUrlOf(url), { protocols, headers });
  opened.push(client);
  client.send(HELLO);
  expect(await client.next("welcome")).toMatchObject({ user: "spoofer", device: "spoofer-device" });

  const devices = await fetch(`${url}/v1/devices`, { headers });
  expect(devices.status).toBe(401);
});

test("R15 sending as somebody else, or into others' conversations, is refused", async () => {
  const client = await session("forger", "forger-device");
  const foreign = { conversation: directConversation("alice", "bob") };
  client.send({ t: "submit", items: [message("forger", 1, foreign)] });
  const { results } = (await client.next("accepted")) as unknown as { results: object[] };
  expect(results).toMatchObject([{ error: { code: "not-found" } }]);
  for (const field of ["from", "user", "deviceId", "seq", "number", "at", "recalled", "id"]) {
    client.send({ t: "submit", items: [message("forger", 1, { [field]: "alice" })] });
    expect(await client.next("error")).toMatchObject({
      of: "submit",
      error: { code: "bad-field", field: `items.0.${field}` },
    });
  }
});

test("R19 a ticket opens one socket, whoever tries it again", async () => {
  const protocols = await protocolsFor(url, "reuser", "reuser-device");
  const first = await RawClient.open(socketUrlOf(url), { protocols });
  opened.push(first);
  first.send(HELLO);
  await first.next("welcome");
  const second = await RawClient.open(socketUrlOf(url), { protocols });
  opened.push(second);
  expect(await second.next("error")).toMatchObject({ error: { code: "unauthenticated" } });
  expect((await second.expectClose()).code).toBe(4401);
  expect(first.isOpen).toBe(true);
});

test("R19 a wrong ticket is told so on the socket, and leaves no trace in the log", async () => {
  const wrong = [`ticket.${CANARY}`, `ticket.${CANARY}.${CANARY}`, "ticket."];
  for (const ticket of wrong) {
    const client = await RawClient.open(socketUrlOf(url), { protocols: [SUB_PROTOCOL, ticket] });
    opened.push(client);
    expect(await client.next("error")).toMatchObject({ error: { code: "unauthenticated" } });
    expect((await client.expectClose()).code).toBe(4401);
  }
});

test("R15 neither tokens nor tickets get into the log", async () => {
  const token = await signIn(url, "logged");
  const ticket = await ticketFor(url, token, "logged-device");
  const requests = [
    fetch(`${url}/v1/devices?token=${CANARY}`, { headers: { Authorization: `Bearer ${CANARY}` } }),
    fetch(`${url}/v1/conversations/${CANARY}/messages`, {
      headers: { Authorization: `Bearer ${token}` },
    }),
    fetch(`${url}/v1/tickets`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: `{"device":"${CANARY}","token":"${token}"`,
    }),
  ];
  for (const response of await Promise.all(requests)) {
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(await response.text()).not.toMatch(/stack|SqlError|at .*\.ts|durable/i);
  }
  const log = stage.server.logs.join("\n");
  for (const secret of [CANARY, token, ticket]) expect(log).not.toContain(secret);
});

test.each([
  "/do/get-prop/settings",
  "/do/call/destroy",
  "/v1/policy/do/call/destroy",
  "/policy/do/get-prop/overrides",
  "/socket",
  "/v1/socket/../../socket",
  "/v1/hand-off",
  "/v1/append",
  "/v1/replicate",
])("R15 %s reaches no object from outside", async (path) => {
  for (const method of ["GET", "POST"]) {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { "do-content": "{}" },
    });
    const body = await response.text();
    expect(body).not.toMatch(/rateBurst|overrides|signingKey|destroyed/);
    if (method === "POST") expect(response.status).toBeOneOf([401, 404]);
  }
});

test("R14 the eleventh connect of a device within a minute is refused, before any object", async () => {
  const codes: string[] = [];
  for (let count = 0; count < 11; count += 1) {
    const protocols = await protocolsFor(url, "hasty", "hasty-device");
    const outcome = await RawClient.open(socketUrlOf(url), { protocols }).then(
      (client) => {
        opened.push(client);
        return "open";
      },
      (error: Error) => error.message,
    );
    codes.push(outcome);
  }
  expect(codes.slice(0, 10)).toEqual(new Array(10).fill("open"));
  expect(codes[10]).toContain("429");
  await session("hasty", "another-device");
});

test("R14 a flood of frames is told to wait, then closed; others are served all along", async () => {
  const flooder = await session("flooder", "flooder-device");
  const own = await session("flooder", "second-device");
  const other = await session("bystander", "other-device");
  for (let count = 0; count < 1_000; count += 1) flooder.send({ t: "sync", cursor: 0 });
  for (let counter = 1; counter <= 20; counter += 1) {
    other.send({ t: "submit", items: [message("bystander", counter)] });
    const { results } = (await other.next("accepted")) as unknown as { results: object[] };
    expect(results).toMatchObject([{ counter, number: counter }]);
  }
  expect(await flooder.next("error")).toMatchObject({
    error: { code: "rate", retryAfterMs: expect.any(Number) as number },
  });
  expect((await flooder.expectClose()).code).toBe(4429);
  own.send({ t: "submit", items: [message("flooder", 1)] });
  expect(await own.next("accepted")).toMatchObject({ results: [{ number: 1 }] });
});
