/** What an operator may ask about any user, and what the objects count for the console. */
import { beforeAll, expect, test } from "vitest";
import { directConversation } from "../../protocol/ids.ts";
import type { DeviceTrace, MessageHead, MessageTrace, OpenHandOff } from "../../worker/requests.ts";
import { breakCallsTo } from "./faults.ts";
import { deviceOf, pairAtHome } from "./objects.ts";
import { api, newUser, RawDevice, setPolicy } from "./support.ts";

beforeAll(() => setPolicy({ recipients: "any", statsMs: 1_000 }));

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await api(path, "root", init, "operator");
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

const openHandOffs = async (user: string) =>
  (await ask<{ handOffs: OpenHandOff[] }>(`/v1/users/${user}/hand-offs`)).handOffs;

test.each([
  ["GET", "/v1/users/alice/devices"],
  ["DELETE", "/v1/users/alice/devices/device-1"],
  ["GET", "/v1/users/alice/devices/device-1/timeline"],
  ["GET", "/v1/users/alice/messages?from=0&to=1"],
  ["GET", "/v1/users/alice/hand-offs"],
  ["POST", "/v1/users/alice/hand-offs/retry"],
  ["POST", "/v1/users/alice/hand-offs/alice:device-1:1/replay"],
])("%s %s is for operators only, even about oneself", async (method, path) => {
  expect((await api(path, "alice", { method })).status).toBe(403);
});

test("a path with a user or a device that can't exist is refused before any object is asked", async () => {
  for (const path of ["/v1/users/a%20b/devices", "/v1/users/alice/devices/x/timeline"]) {
    expect((await api(path, "root", {}, "operator")).status).toBe(400);
  }
  const untimed = "/v1/users/alice/messages";
  expect((await api(untimed, "root", {}, "operator")).status).toBe(400);
});

test("devices of another user are shown with their connection, and revoked at once", async () => {
  const device = await deviceOf(newUser("watched"));
  const path = `/v1/users/${device.user}/devices`;
  const { devices } = await ask<{ devices: object[] }>(path);
  expect(devices).toMatchObject([{ device: device.device, online: true, behind: 0 }]);
  const timeline = await ask(`${path}/${device.device}/timeline`);
  expect(timeline).toMatchObject({ connection: { cause: "first", acks: true }, cursor: 0 });

  await ask(`${path}/${device.device}`, { method: "DELETE" });
  expect(await device.untilClosed()).toMatchObject({ code: 4410 });
  expect(await ask(path)).toEqual({ devices: [] });
});

test("messages are found by user and time, without their content", async () => {
  const [home, other] = pairAtHome();
  const device = await deviceOf(home);
  const counter = device.say(other, "a secret");
  const { number, at = 0 } = await device.result(counter);
  const heads = (from: number, to: number) =>
    ask<{ messages: MessageHead[] }>(`/v1/users/${other}/messages?from=${from}&to=${to}`);

  await expect.poll(() => heads(at, at + 1).then(({ messages }) => messages)).toHaveLength(1);
  const { messages } = await heads(at, at + 1);
  const id = `${home}:${device.device}:${counter}`;
  const conversation = directConversation(home, other);
  expect(messages).toEqual([{ id, conversation, number, at, kind: "text" }]);
  expect(await heads(at + 1, at + 2)).toEqual({ messages: [] });
  expect(await heads(0, at)).toEqual({ messages: [] });

  const trace = await ask<MessageTrace>(`/v1/messages/${id}/trace`);
  const [own] = trace.devices as readonly DeviceTrace[];
  expect(own?.arrivedAt).toBe(at);
});

test("R1 a promise that its home can't be told is listed, retried on request, and gone then", async () => {
  const [home, other] = pairAtHome();
  await deviceOf(home);
  const device = await deviceOf(other);
  breakCallsTo(home, "before");
  const counter = device.say(home, "later");
  expect(await device.result(counter)).toMatchObject({ number: null });
  const id = `${other}:${device.device}:${counter}`;
  expect(await openHandOffs(other)).toMatchObject([{ id, failed: null }]);

  breakCallsTo(home, undefined);
  await ask(`/v1/users/${other}/hand-offs/retry`, { method: "POST" });
  await expect.poll(() => openHandOffs(other)).toEqual([]);
});

test("R1 a promise that is given up stays listed with its reason", async () => {
  const [home, other] = pairAtHome();
  await setPolicy({ recipients: "known" });
  const device = await deviceOf(other);
  breakCallsTo(home, "before");
  const counter = device.say(home, "to nobody");
  expect(await device.result(counter)).toMatchObject({ number: null });
  breakCallsTo(home, undefined);
  await ask(`/v1/users/${other}/hand-offs/retry`, { method: "POST" });
  const id = `${other}:${device.device}:${counter}`;
  await expect
    .poll(() => openHandOffs(other))
    .toMatchObject([{ id, failed: "not-found", conversation: directConversation(home, other) }]);
  // It has no number, and with it no place that it could still take.
  expect(await openHandOffs(other)).toMatchObject([{ replayable: false }]);
  const path = `/v1/users/${other}/hand-offs/${id}/replay`;
  expect((await api(path, "root", { method: "POST" }, "operator")).status).toBe(404);
  await setPolicy({ recipients: "any" });
});

test("accepted, refused, repeated and handed-over messages are counted", async () => {
  const { summary: before } = await ask<{ summary: Summary }>("/v1/stats");
  const [home, other] = pairAtHome();
  const reader = await deviceOf(home);
  const device = await deviceOf(other);
  const conversation = directConversation(home, other);
  const body = { kind: "text", text: "once" } as const;
  const item = { conversation, counter: 1, prev: 0, body };
  await device.submit(item);
  await device.submit(item);
  await device.submit({ ...item, body: { kind: "text", text: "something else" } });
  await reader.texts(1);
  const old = new RawDevice(home);
  await old.connect({ acks: false });

  const counted = async (series: string) => {
    const { summary } = await ask<{ summary: Summary }>("/v1/stats");
    return (summary.counters[series] ?? 0) - (before.counters[series] ?? 0);
  };
  await expect
    .poll(
      async () => {
        // Objects hand their statistics over when something happens after statsMs.
        await Promise.all([device.settle(), reader.settle()]);
        return counted("accepted");
      },
      { timeout: 10_000, interval: 300 },
    )
    .toBe(1);
  expect(await counted("routed")).toBe(1);
  await expect.poll(() => counted("duplicates|sender"), { timeout: 10_000 }).toBe(1);
  expect(await counted("refused|conflict")).toBe(1);
  expect(await counted("hand_offs|ok")).toBeGreaterThanOrEqual(1);
  await expect
    .poll(
      async () => {
        await reader.settle();
        return counted("unconfirmed|catch-up");
      },
      { timeout: 10_000, interval: 300 },
    )
    .toBeGreaterThanOrEqual(1);
});

interface Summary {
  readonly counters: Readonly<Record<string, number>>;
}

test("a change of policy keeps what was in force before, so that it can be undone", async () => {
  await setPolicy({ editWindowMs: 1_000, rateBurst: 500 });
  await setPolicy({ editWindowMs: 2_000 });
  const { history } = await ask<{ history: { patch: object; was: object }[] }>(
    "/v1/policy/history",
  );
  expect(history[0]).toMatchObject({
    patch: { editWindowMs: 2_000 },
    was: { editWindowMs: 1_000 },
  });
  expect(Object.keys(history[0]?.was ?? {})).toEqual(["editWindowMs"]);
  expect(history[1]).toMatchObject({ was: { rateBurst: 120 } });
});
