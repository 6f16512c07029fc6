import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { directConversation } from "../../protocol/ids.ts";
import type { ConversationState } from "../../protocol/server-frames.ts";
import { newGroup, tell } from "./groups/support.ts";
import {
  crash,
  deviceOf,
  evict,
  fireAlarm,
  objectOf,
  pairAtHome,
  rowCount,
  sqlOf,
} from "./objects.ts";
import { api, freshPolicy, newUser, RawDevice } from "./support.ts";

beforeAll(() => freshPolicy({ handOffDelaysMs: [1] }));

const deleteAccount = (user: string) => api("/v1/account", user, { method: "DELETE" });

async function isGone(user: string): Promise<boolean> {
  const [row] = await sqlOf(user, "SELECT value FROM facts WHERE name = 'gone'");
  return row !== undefined;
}

async function untilGone(user: string): Promise<void> {
  await vi.waitFor(async () => expect(await isGone(user)).toBe(true), { timeout: 5_000 });
}

async function stateOf(user: string, conversation: string): Promise<ConversationState | undefined> {
  const response = await api("/v1/conversations", user);
  const { conversations } = (await response.json()) as { conversations: ConversationState[] };
  return conversations.find((state) => state.conversation === conversation);
}

async function untilTold(user: string, conversation: string): Promise<void> {
  await vi.waitFor(async () =>
    expect(await stateOf(user, conversation)).toMatchObject({ gone: true }),
  );
}

/** Two people with a message each way; either may be the home of what they say. */
async function acquainted(leaver: "home" | "other") {
  const [home, other] = pairAtHome();
  const [me, them] = leaver === "home" ? [home, other] : [other, home];
  const [a, b] = [await deviceOf(me), await deviceOf(them)];
  const conversation = directConversation(me, them);
  await a.result(a.say(them, "canary from the leaver"));
  await b.texts(1);
  await b.result(b.say(me, "and back"));
  await a.texts(2);
  return { a, b, conversation };
}

describe.each(["home", "other"] as const)("R23 the one who leaves is the %s", (leaver) => {
  test("R23 sockets and tokens are dead at once, and every call answers gone", async () => {
    const { a, b, conversation } = await acquainted(leaver);
    expect((await deleteAccount(a.user)).status).toBe(200);
    expect(await a.untilClosed()).toMatchObject({ code: 4410 });
    await untilGone(a.user);
    for (const ticket of [a.ticket, await a.askTicket()]) {
      await a.open(ticket);
      expect(await a.next("error")).toMatchObject({ error: { code: "gone" } });
      expect(await a.untilClosed()).toMatchObject({ code: 4410 });
    }
    for (const path of ["/v1/devices", "/v1/conversations", "/v1/preferences", "/v1/profile"]) {
      expect([path, (await api(path, a.user)).status]).toEqual([path, 410]);
    }
    expect((await deleteAccount(a.user)).status).toBe(200);
    await b.connect();
    const refused = await b.result(b.say(a.user, "are you there?"), conversation);
    expect(refused).toMatchObject({ error: { code: "gone" } });
  });

  test("R23 the other side keeps its copy, is told, and can only read", async () => {
    const { a, b, conversation } = await acquainted(leaver);
    await deleteAccount(a.user);
    await untilTold(b.user, conversation);
    await b.settle();
    expect(b.entries.at(-1)).toMatchObject({ conversation, body: { kind: "gone", user: a.user } });
    b.send({ t: "history", ref: "h", conversation, limit: 10 });
    const page = await b.next("history");
    expect(page.entries.map(({ body }) => body.kind)).toEqual(["text", "text"]);
    const body = { kind: "recall", target: 2 } as const;
    b.counter += 1;
    const recall = { conversation, counter: b.counter, prev: b.counter - 1, body };
    expect(await b.submit(recall)).toMatchObject({ error: { code: "gone" } });
    await evict(b.user);
    expect(await stateOf(b.user, conversation)).toMatchObject({ gone: true, head: 2 });
    const rows = await rowCount(b.user);
    await fireAlarm(b.user);
    expect(await rowCount(b.user)).toBe(rows);
  });

  test("R23 what was promised before still gets there, and then the end of it", async () => {
    const { a, b, conversation } = await acquainted(leaver);
    const last = a.say(b.user, "last words");
    await a.result(last);
    await deleteAccount(a.user);
    await untilTold(b.user, conversation);
    await b.texts(3);
    const kinds = b.entries.map(({ body }) => body.kind);
    expect(kinds.lastIndexOf("gone")).toBeGreaterThan(kinds.lastIndexOf("text"));
  });

  test("R23 it goes on after a crash, whenever that comes", async () => {
    const { a, b, conversation } = await acquainted(leaver);
    await deleteAccount(a.user);
    await crash();
    for (let round = 0; round < 20 && !(await isGone(a.user)); round += 1) {
      await fireAlarm(a.user);
      if (round < 3) await crash();
    }
    await untilGone(a.user);
    expect(await stateOf(b.user, conversation)).toMatchObject({ gone: true });
    await crash();
    expect((await api("/v1/devices", a.user)).status).toBe(410);
    expect(
      await env.USER.getByName(a.user).handOff({
        from: `user:${b.user}`,
        conversations: [{ conversation, have: 0 }],
      }),
    ).toEqual({
      conversations: [{ conversation, have: 0, refused: "gone" }],
    });
  });
});

test("R23 nothing of the content is left in the object, and one row says why", async () => {
  const { a, b } = await acquainted("home");
  await deleteAccount(a.user);
  await untilGone(a.user);
  for (const table of ["timeline", "conversations", "devices", "pending", "ledger", "veiled"]) {
    expect([table, await rowCount(a.user, table)]).toEqual([table, 0]);
  }
  expect(await sqlOf(a.user, "SELECT * FROM facts")).toEqual([{ name: "gone", value: a.user }]);
  expect(await fireAlarm(a.user)).toBe(false);
  expect(await rowCount(b.user)).toBeGreaterThan(0);
});

test("R23 a crash in the middle of the last step leaves nobody who begins anew", async () => {
  const { a, b, conversation } = await acquainted("home");
  await deleteAccount(a.user);
  await untilGone(a.user);
  // As if the row that is left had not been written.
  await sqlOf(a.user, "DELETE FROM facts");
  await crash();
  expect((await api("/v1/devices", a.user)).status).toBe(410);
  const again = new RawDevice(a.user);
  await again.open();
  expect(await again.next("error")).toMatchObject({ error: { code: "gone" } });
  await b.connect();
  expect(await b.result(b.say(a.user, "hello"), conversation)).toMatchObject({
    error: { code: "gone" },
  });
  expect(await rowCount(a.user)).toBe(0);
});

test("R23 who is out of reach is told when they can be, and given up in the end", async () => {
  await freshPolicy({ handOffDelaysMs: [1], recipients: "known" });
  const { a, b, conversation } = await acquainted("home");
  await evict(b.user);
  await sqlOf(b.user, "DELETE FROM facts WHERE name = 'known'");
  await crash();
  await deleteAccount(a.user);
  await untilGone(a.user);
  expect((await stateOf(b.user, conversation))?.gone).toBeUndefined();
  await b.connect();
  const refused = await b.result(b.say(a.user, "hello?"), conversation);
  expect(refused).toMatchObject({ error: { code: "gone" } });
  expect(await stateOf(b.user, conversation)).toMatchObject({ gone: true });
  await freshPolicy({ handOffDelaysMs: [1] });
});

test("R23 an account without a conversation is gone as well, and its profile with it", async () => {
  const a = await deviceOf(newUser("alone"));
  const handle = `h${crypto.randomUUID().slice(0, 8)}`;
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ handle, listed: true });
  await api("/v1/profile", a.user, { method: "PUT", headers, body });
  await a.result(a.say(a.user, "a note to myself"));
  await env.FILES.put(`files/${a.user}/canary`, "bytes");
  await deleteAccount(a.user);
  await untilGone(a.user);
  expect((await env.FILES.list({ prefix: `files/${a.user}/` })).objects).toEqual([]);
  const found = await api(`/v1/profiles?handle=${handle}`, newUser("bob"));
  expect(await found.json()).toEqual({ profiles: [] });
  expect(objectOf(a.user)).toBeDefined();
});

test("R23 groups are left, and one that was owned has another owner", async () => {
  const { conversation, devices } = await newGroup(3);
  const [owner, heir] = devices;
  if (owner === undefined || heir === undefined) throw new Error("too few members");
  await tell(owner, conversation, "good bye");
  await deleteAccount(owner.user);
  await untilGone(owner.user);
  await vi.waitFor(async () => {
    const state = await stateOf(heir.user, conversation);
    expect(state?.membership).toMatchObject({ role: "owner", state: "member" });
  });
  const group = conversation.slice("group:".length);
  const response = await api(`/v1/groups/${group}/members`, heir.user);
  expect(await response.text()).not.toContain(owner.user);
  expect(await tell(heir, conversation, "we go on")).toMatchObject({ number: 4 });
  expect(await rowCount(owner.user)).toBe(0);
});
