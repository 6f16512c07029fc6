/** Rule R16 in groups: invited by whom one keeps out, by strangers, and how many may be invited. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ClientFrame } from "../../../protocol/client-frames.ts";
import type { Content } from "../../../protocol/entries.ts";
import { directConversation, groupConversation } from "../../../protocol/ids.ts";
import type { ConversationState } from "../../../protocol/server-frames.ts";
import { crash, deviceOf, evict, sqlOf } from "../objects.ts";
import { api, freshPolicy, newUser, type RawDevice } from "../support.ts";
import {
  entriesIn,
  errorOf,
  evictGroup,
  fireGroupAlarm,
  freshId,
  groupObject,
  placeOf,
  tell,
  textsIn,
} from "./support.ts";

beforeEach(() => freshPolicy());
afterEach(() => freshPolicy());

let refs = 0;

type Asked = Extract<ClientFrame, { t: "block" } | { t: "answer-request" }>;

async function ask(device: RawDevice, frame: (ref: string) => Asked): Promise<void> {
  refs += 1;
  const ref = `ask-${refs}`;
  device.send(frame(ref));
  await device.until(() => device.frames.find((one) => one.t === "done" && one.ref === ref));
}

function block(device: RawDevice, user: string, on: boolean): Promise<void> {
  return ask(device, (ref) => ({ t: "block", ref, user, on }));
}

function answer(device: RawDevice, conversation: string, accept: boolean): Promise<void> {
  return ask(device, (ref) => ({ t: "answer-request", ref, conversation, accept }));
}

async function contactsOnly(user: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ writers: "contacts" });
  await api("/v1/preferences", user, { method: "PUT", body, headers });
}

async function stateOf(user: string, conversation: string): Promise<ConversationState | undefined> {
  const response = await api("/v1/conversations", user);
  const { conversations } = (await response.json()) as { conversations: ConversationState[] };
  return conversations.find((state) => state.conversation === conversation);
}

async function make(owner: RawDevice, members: readonly string[], content: Partial<Content> = {}) {
  const conversation = groupConversation(freshId());
  const body = { kind: "group-create", title: "Trip", members, ...content } as Content;
  return { conversation, result: await tell(owner, conversation, body) };
}

async function receiptsOf(asker: RawDevice, conversation: string, number: number) {
  const path = `/v1/groups/${conversation.slice("group:".length)}/receipts?number=${number}`;
  return (await api(path, asker.user)).json();
}

async function membersSeenBy(asker: RawDevice, conversation: string): Promise<string[]> {
  const path = `/v1/groups/${conversation.slice("group:".length)}/members`;
  const { members } = (await (await api(path, asker.user)).json()) as {
    members: { user: string }[];
  };
  return members.map(({ user }) => user);
}

function shunnedRows(user: string) {
  return sqlOf(user, "SELECT conversation, inviter FROM shunned");
}

describe("whoever is kept out", () => {
  /** Ann is kept out by Bea, and makes a group with her and Cat. */
  async function newWorld() {
    const [ann, bea, cat] = [newUser("ann"), newUser("bea"), newUser("cat")];
    const devices = [await deviceOf(ann), await deviceOf(bea), await deviceOf(cat)] as const;
    await block(devices[1], ann, true);
    const { conversation, result } = await make(devices[0], [bea, cat]);
    expect(result).toMatchObject({ number: 1 });
    await placeOf(devices[2], conversation);
    return { ann: devices[0], bea: devices[1], cat: devices[2], conversation };
  }

  test("R16 invites in vain: not a row of the group, and the inviter sees a copy like any other", async () => {
    const { ann, bea, cat, conversation } = await newWorld();
    const { number } = await tell(ann, conversation, "hello, you two");
    await tell(cat, conversation, { kind: "reaction", target: number ?? 0, emoji: "👍", on: true });
    await fireGroupAlarm(conversation);
    const receipts = () => receiptsOf(ann, conversation, number ?? 0);
    await expect.poll(receipts).toMatchObject({ of: 2, copies: 2, unreachable: 0 });
    expect(await receipts()).toMatchObject({
      members: [
        { user: bea.user, copied: true, delivered: false, read: false },
        { user: cat.user, copied: true },
      ],
    });
    expect(await membersSeenBy(ann, conversation)).toContain(bea.user);
    await bea.settle();
    expect(entriesIn(bea, conversation)).toEqual([]);
    expect(bea.received.join()).not.toContain("Trip");
    expect(await stateOf(bea.user, conversation)).toBeUndefined();
    expect(await shunnedRows(bea.user)).toEqual([{ conversation, inviter: ann.user }]);
  });

  test("R16 stays unseen after sleep and crash, and when the group changes", async () => {
    const { ann, bea, conversation } = await newWorld();
    await tell(ann, conversation, "one");
    await evict(bea.user);
    await evictGroup(conversation);
    await tell(ann, conversation, { kind: "group-change", title: "Another trip" });
    await crash();
    const again = await deviceOf(ann.user);
    await tell(again, conversation, { kind: "member-role", user: bea.user, role: "admin" });
    await fireGroupAlarm(conversation);
    const theirs = await deviceOf(bea.user);
    await theirs.settle();
    expect(theirs.received.join()).not.toContain("trip");
    expect(await stateOf(bea.user, conversation)).toBeUndefined();
  });

  test("R16 who is removed again has never heard of it, and may be invited by another", async () => {
    const { ann, bea, cat, conversation } = await newWorld();
    await tell(ann, conversation, { kind: "members-remove", users: [bea.user] });
    await expect.poll(() => shunnedRows(bea.user)).toEqual([{ conversation, inviter: "" }]);
    // Nor is she handed the rest of a copy that she has never had.
    await fireGroupAlarm(conversation);
    const trace = await groupObject(conversation).request({ kind: "trace", number: 1 });
    expect(trace).toMatchObject({ ok: true, value: { untold: [] } });
    expect(await stateOf(bea.user, conversation)).toBeUndefined();
    await tell(ann, conversation, { kind: "member-role", user: cat.user, role: "admin" });
    await tell(cat, conversation, { kind: "members-add", users: [bea.user] });
    await placeOf(bea, conversation);
    await tell(cat, conversation, "welcome");
    expect(await textsIn(bea, conversation, 1)).toEqual(["welcome"]);
    expect(await shunnedRows(bea.user)).toEqual([]);
  });

  test("R16 whoever lets the inviter in again is asked in the group's name", async () => {
    const { ann, bea, conversation } = await newWorld();
    await tell(ann, conversation, "one");
    await contactsOnly(bea.user);
    await block(bea, ann.user, false);
    expect(await textsIn(bea, conversation, 1)).toEqual(["one"]);
    expect(await stateOf(bea.user, conversation)).toMatchObject({ request: "pending" });
    await tell(ann, conversation, "two");
    expect(await textsIn(bea, conversation, 2)).toEqual(["one", "two"]);
  });
});

describe("a stranger", () => {
  async function newWorld() {
    const [ann, bea] = [await deviceOf(newUser("ann")), await deviceOf(newUser("bea"))];
    await contactsOnly(bea.user);
    const { conversation } = await make(ann, [bea.user]);
    const { number } = await tell(ann, conversation, "hello");
    expect(await textsIn(bea, conversation, 1)).toEqual(["hello"]);
    return { ann, bea, conversation, number: number ?? 0 };
  }

  test("R16 invites to a request: all of it is there, and moves no mark until it is accepted", async () => {
    const { ann, bea, conversation, number } = await newWorld();
    expect(await stateOf(bea.user, conversation)).toMatchObject({ request: "pending" });
    const [first] = entriesIn(bea, conversation);
    expect(first?.body).toEqual({ kind: "request", state: "pending" });
    bea.send({ t: "read", conversation, number });
    await bea.settle();
    await fireGroupAlarm(conversation);
    const receipts = () => receiptsOf(ann, conversation, number);
    expect(await receipts()).toMatchObject({ of: 1, copies: 1, delivered: 0, read: 0 });
    await answer(bea, conversation, true);
    await tell(bea, conversation, { kind: "reaction", target: number, emoji: "👍", on: true });
    await expect.poll(receipts).toMatchObject({ delivered: 1, read: 1 });
  });

  test("R16 is declined without telling, and whoever leaves has not accepted", async () => {
    const { ann, bea, conversation, number } = await newWorld();
    await answer(bea, conversation, false);
    await tell(ann, conversation, "are you there?");
    await textsIn(bea, conversation, 2);
    await fireGroupAlarm(conversation);
    expect(await receiptsOf(ann, conversation, number)).toMatchObject({ delivered: 0 });
    await tell(bea, conversation, { kind: "leave" });
    await placeOf(bea, conversation, ({ state }) => state === "left");
    expect(await stateOf(bea.user, conversation)).toMatchObject({ request: "declined" });
  });

  test("R16 whoever writes there has accepted", async () => {
    const { bea, conversation } = await newWorld();
    await tell(bea, conversation, "hi");
    expect(await stateOf(bea.user, conversation)).toMatchObject({ request: "accepted" });
  });

  test("R16 asks no more once removed, and is asked about again when invited again", async () => {
    const { ann, bea, conversation } = await newWorld();
    await tell(ann, conversation, { kind: "members-remove", users: [bea.user] });
    const request = async () => (await stateOf(bea.user, conversation))?.request;
    await expect.poll(request).toBe("declined");
    await tell(ann, conversation, { kind: "members-add", users: [bea.user] });
    await expect.poll(request).toBe("pending");
  });

  test("R16 is none whom one has written to, nor anybody to who takes words from all; nor is oneself, by a link", async () => {
    const [ann, bea] = [await deviceOf(newUser("ann")), await deviceOf(newUser("bea"))];
    await contactsOnly(bea.user);
    await tell(bea, directConversation(ann.user, bea.user), "hi");
    const { conversation } = await make(ann, [bea.user]);
    await placeOf(bea, conversation);
    expect(await stateOf(bea.user, conversation)).not.toHaveProperty("request");

    const dan = await deviceOf(newUser("dan"));
    const open = await make(ann, [dan.user]);
    await placeOf(dan, open.conversation);
    expect(await stateOf(dan.user, open.conversation)).not.toHaveProperty("request");

    const cat = await deviceOf(newUser("cat"));
    await contactsOnly(cat.user);
    const token = freshId();
    await tell(ann, conversation, { kind: "link-create", token });
    await tell(cat, conversation, { kind: "join", token });
    await placeOf(cat, conversation);
    expect(await stateOf(cat.user, conversation)).not.toHaveProperty("request");
  });
});

describe("how many", () => {
  test("R14 groups made and people added count like conversations begun, also after sleep", async () => {
    await freshPolicy({ newConversationsPerDay: 4 });
    const ann = await deviceOf(newUser("ann"));
    const users = Array.from({ length: 4 }, () => newUser("friend"));
    const { conversation } = await make(ann, users.slice(0, 2));
    await evict(ann.user);
    const rate = { code: "rate", rule: "new-conversations" };
    const all = { kind: "members-add", users } as const;
    expect(await errorOf(ann, conversation, { ...all })).toMatchObject(rate);
    const one = { kind: "members-add", users: users.slice(2, 3) } as const;
    expect(await tell(ann, conversation, { ...one, users: [...one.users] })).toMatchObject({
      number: 2,
    });
    expect((await make(ann, [])).result.error).toMatchObject(rate);
    expect(await tell(ann, conversation, "those who are here")).toMatchObject({ number: 3 });
  });
});

describe("whoever is not there", () => {
  beforeEach(() => freshPolicy({ recipients: "known" }));

  test("R14 is named at once, and nobody is added; what comes after is judged by itself", async () => {
    const [ann, bea] = [await deviceOf(newUser("ann")), await deviceOf(newUser("bea"))];
    const nobody = newUser("nobody");
    const refused = await make(ann, [bea.user, nobody]);
    const error = { code: "not-found", field: "body.members.1", rule: "user" };
    expect(refused.result).toMatchObject({ error });
    const { conversation, result } = await make(ann, [bea.user]);
    expect(result).toMatchObject({ number: 1 });
    const added = await errorOf(ann, conversation, { kind: "members-add", users: [nobody] });
    expect(added).toMatchObject({ ...error, field: "body.users.0" });
    expect(await tell(ann, conversation, "hello")).toMatchObject({ number: 2 });
    expect(await membersSeenBy(ann, conversation)).toEqual([ann.user, bea.user]);
  });

  test("R14 and whose account is deleted get the same answer; who keeps one out is there", async () => {
    const ann = await deviceOf(newUser("ann"));
    const [gone, keeper] = [await deviceOf(newUser("gone")), await deviceOf(newUser("keeper"))];
    await api("/v1/account", gone.user, { method: "DELETE" });
    await block(keeper, ann.user, true);
    const answers = [gone.user, newUser("nobody")].map(
      async (user) => (await make(ann, [user])).result.error,
    );
    const error = { code: "not-found", field: "body.members.0", rule: "user" };
    expect(await Promise.all(answers)).toEqual([error, error]);
    expect((await make(ann, [keeper.user])).result).toMatchObject({ number: 1 });
  });

  test("R4 what is said behind an invitation comes behind it", async () => {
    const [ann, bea] = [await deviceOf(newUser("ann")), await deviceOf(newUser("bea"))];
    const conversation = groupConversation(freshId());
    const members = [bea.user];
    const bodies: Content[] = [
      { kind: "group-create", title: "Trip", members },
      { kind: "text", text: "one" },
      { kind: "text", text: "two" },
    ];
    const items = bodies.map((body, prev) => ({ conversation, counter: prev + 1, prev, body }));
    ann.counter = items.length;
    ann.send({ t: "submit", items });
    // Said again before the answer is there: once all the same.
    ann.send({ t: "submit", items });
    expect(await textsIn(bea, conversation, 2)).toEqual(["one", "two"]);
    expect(await ann.result(3, conversation)).toMatchObject({ number: 3 });
    await bea.settle();
    expect(await textsIn(bea, conversation, 2)).toEqual(["one", "two"]);
  });
});
