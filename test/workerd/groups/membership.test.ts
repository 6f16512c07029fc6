/** Coming and going: who sees what from when to when. */
import { beforeAll, describe, expect, test } from "vitest";
import type { ConversationState } from "../../../protocol/server-frames.ts";
import { deviceOf, evict, sqlOf } from "../objects.ts";
import { api, freshPolicy, newUser, RawDevice } from "../support.ts";
import {
  entriesIn,
  entryAt,
  freshId,
  groupSql,
  newGroup,
  placeOf,
  refusalOf,
  tell,
  textsIn,
} from "./support.ts";

const CANARY = "not for you";

beforeAll(() => freshPolicy({ rateBurst: 1_000 }));

async function stateOf(device: RawDevice, conversation: string): Promise<ConversationState> {
  const response = await api("/v1/conversations", device.user);
  const { conversations } = (await response.json()) as { conversations: ConversationState[] };
  const found = conversations.find((one) => one.conversation === conversation);
  if (found === undefined) throw new Error("no such conversation");
  return found;
}

async function historyOf(device: RawDevice, conversation: string, before?: number) {
  const ref = crypto.randomUUID().slice(0, 8);
  device.send({
    t: "history",
    ref,
    conversation,
    limit: 50,
    ...(before === undefined ? {} : { before }),
  });
  return device.until(() =>
    device.frames.find((frame) => frame.t === "history" && frame.ref === ref),
  );
}

/** The group's owner and a member, and somebody who is not there yet. */
async function ownerMemberGuest(create: Parameters<typeof newGroup>[1] = {}) {
  const { conversation, devices } = await newGroup(2, create);
  const [owner, member] = devices as [RawDevice, RawDevice];
  const guest = await deviceOf(newUser("guest"));
  return { conversation, owner, member, guest };
}

describe("coming", () => {
  test("who is added sees what is said from then on", async () => {
    const { conversation, owner, guest } = await ownerMemberGuest();
    await tell(owner, conversation, CANARY);
    const { number } = await tell(owner, conversation, {
      kind: "members-add",
      users: [guest.user],
    });
    await tell(owner, conversation, "welcome");
    expect(await textsIn(guest, conversation, 1)).toEqual(["welcome"]);
    expect(await placeOf(guest, conversation)).toMatchObject({ state: "member", from: number });
    const numbers = entriesIn(guest, conversation).flatMap((entry) => entry.number ?? []);
    expect(numbers).toEqual([3, 4]);
    const page = await historyOf(guest, conversation);
    expect(page).toMatchObject({ more: false, entries: [{ number: 4 }, { number: 3 }] });
    expect(guest.received.join()).not.toContain(CANARY);
    expect(await stateOf(guest, conversation)).toMatchObject({ head: 4, unread: 1 });
  });

  test("where the group shows its past it is there, and not news", async () => {
    const { conversation, owner, guest } = await ownerMemberGuest({ history: "start" });
    for (let i = 1; i <= 120; i++) owner.sayIn(conversation, `old ${i}`);
    await tell(owner, conversation, { kind: "members-add", users: [guest.user] });
    await tell(owner, conversation, "welcome");
    const texts = await textsIn(guest, conversation, 121);
    expect(texts.slice(0, 2)).toEqual(["old 1", "old 2"]);
    expect(texts.at(-1)).toBe("welcome");
    expect(await stateOf(guest, conversation)).toMatchObject({ unread: 1 });
  });

  test("a link lets in who has it, until it is revoked", async () => {
    const { conversation, owner, guest } = await ownerMemberGuest();
    const token = freshId();
    await tell(owner, conversation, { kind: "link-create", token });
    const { number } = await tell(guest, conversation, { kind: "join", token });
    await tell(owner, conversation, "hello");
    expect(await textsIn(guest, conversation, 1)).toEqual(["hello"]);
    const link = token.slice(0, 8);
    const joined = { number, body: { kind: "joined", link } };
    expect(await entryAt(owner, conversation, number ?? 0)).toMatchObject(joined);
    expect(await entryAt(guest, conversation, number ?? 0)).toMatchObject(joined);
    const path = `/v1/groups/${conversation.slice(6)}/links`;
    const { links } = (await (await api(path, owner.user)).json()) as { links: object[] };
    expect(links).toMatchObject([{ link, token, by: owner.user }]);
    expect((await api(path, guest.user)).status).toBe(403);

    await tell(owner, conversation, { kind: "link-revoke", link });
    const late = await deviceOf(newUser("late"));
    expect(await refusalOf(late, conversation, { kind: "join", token })).toBe("not-found");
    // The token is in no log: neither in the group's nor in anybody's copy.
    const rows = JSON.stringify(await groupSql(conversation, "SELECT body FROM log"));
    expect(rows).not.toContain(token);
    expect(owner.received.join() + guest.received.join()).not.toContain(token);
  });
});

describe.each(["awake", "asleep"] as const)("going while one's object is %s", (state) => {
  /** Somebody is removed; another device of theirs has nothing yet. */
  async function removed() {
    const { conversation, owner, member, guest } = await ownerMemberGuest();
    await tell(owner, conversation, { kind: "members-add", users: [guest.user] });
    await tell(owner, conversation, CANARY);
    await textsIn(guest, conversation, 1);
    guest.autoAck = false;
    const behind = new RawDevice(guest.user);
    if (state === "asleep") await evict(guest.user);
    const { number } = await tell(owner, conversation, {
      kind: "members-remove",
      users: [guest.user],
    });
    await placeOf(guest, conversation, (place) => place.state === "removed");
    guest.received.length = 0;
    return { conversation, owner, member, guest, behind, number: number ?? 0 };
  }

  test("R15 from the commit on no byte of the group leaves for who was removed", async () => {
    const { conversation, owner, member, guest, behind, number } = await removed();
    const secret = "said after the removal";
    await tell(owner, conversation, secret);
    await tell(owner, conversation, { kind: "group-change", title: "Nothing for you" });
    await tell(owner, conversation, { kind: "edit", target: number + 1, text: `${secret}!` });
    await entryAt(member, conversation, number + 3);
    // The open socket, one that is fed again, one that comes back from the beginning.
    guest.send({ t: "sync", cursor: 0 });
    await guest.settle();
    await behind.connect({ cursor: 0 });
    await behind.settle();
    const page = await historyOf(guest, conversation);
    guest.send({ t: "snapshot", ref: "s" });
    await guest.settle();
    const id = encodeURIComponent(conversation);
    const over = await api(`/v1/conversations/${id}/messages`, guest.user);
    const all = guest.received.join() + behind.received.join() + (await over.text());
    expect(all).not.toContain(CANARY);
    expect(all).not.toContain(secret);
    expect(all).not.toContain("Nothing for you");
    expect(all).toContain("withheld");
    // Counts stay true: what was there is there as a stub.
    const kinds = entriesIn(behind, conversation).map(({ body }) => body.kind);
    expect(kinds).toEqual(["membership", "withheld", "withheld", "membership"]);
    expect(page).toMatchObject({ more: false, entries: [{ number: 3 }, { number: 2 }] });
    const last = await stateOf(guest, conversation);
    expect(last).toMatchObject({
      unread: 0,
      membership: { state: "removed", version: number, title: "Trip" },
      last: { body: { kind: "withheld" } },
    });
    expect(await refusalOf(guest, conversation, { kind: "text", text: "hey" })).toBe("not-found");
    for (const path of ["", "/members", "/receipts?number=2"]) {
      const response = await api(`/v1/groups/${conversation.slice(6)}${path}`, guest.user);
      expect(response.status).toBe(404);
    }
  });

  test("R3 who comes back sees what is said from then on", async () => {
    const { conversation, owner, guest, behind, number } = await removed();
    await tell(owner, conversation, CANARY);
    await tell(owner, conversation, { kind: "members-add", users: [guest.user] });
    await tell(owner, conversation, "again");
    await entryAt(guest, conversation, number + 3);
    guest.autoAck = true;
    guest.ack();
    guest.received.length = 0;
    await behind.connect({ cursor: 0 });
    await entryAt(behind, conversation, number + 3);
    expect(behind.received.join()).not.toContain(CANARY);
    const numbers = entriesIn(behind, conversation).flatMap((entry) => entry.number ?? []);
    expect(numbers).toEqual([2, 3, number + 2, number + 3]);
    expect(await stateOf(guest, conversation)).toMatchObject({ head: number + 3, unread: 1 });
    const page = await historyOf(guest, conversation);
    expect(page).toMatchObject({ entries: [{ number: number + 3 }, { number: number + 2 }] });
    // And takes part again.
    const { number: own } = await tell(guest, conversation, "thanks");
    expect(await entryAt(owner, conversation, own ?? 0)).toMatchObject({
      body: { text: "thanks" },
    });
  });
});

describe("what was said before one came", () => {
  test("R11 is not shown by an edit either, of which a recall would leave the words", async () => {
    const { conversation, owner, guest } = await ownerMemberGuest();
    const { number: target } = await tell(owner, conversation, "before");
    await tell(owner, conversation, { kind: "members-add", users: [guest.user] });
    const edit = { kind: "edit", target: target ?? 0, text: CANARY } as const;
    const { number } = await tell(owner, conversation, edit);
    expect(await entryAt(guest, conversation, number ?? 0)).toMatchObject({
      body: { kind: "withheld" },
    });
    await tell(owner, conversation, { kind: "recall", target: target ?? 0 });
    await entryAt(guest, conversation, (number ?? 0) + 1);
    expect(JSON.stringify(await sqlOf(guest.user, "SELECT body FROM timeline"))).not.toContain(
      CANARY,
    );
    expect(guest.received.join()).not.toContain(CANARY);
  });
});

describe("leaving", () => {
  test("R1 who leaves sees it accepted, and the group without them", async () => {
    const { conversation, owner, member } = await ownerMemberGuest();
    const { number } = await tell(member, conversation, { kind: "leave" });
    expect(number).toBe(2);
    const left = await placeOf(member, conversation, (place) => place.state === "left");
    expect(left).toMatchObject({ version: 2 });
    expect(await entryAt(owner, conversation, 2)).toMatchObject({ body: { kind: "leave" } });
    // The device that said it is told its end by id, whatever it has missed.
    const own = await entryAt(member, conversation, 2);
    expect(own).toMatchObject({
      id: `${member.user}:${member.device}:1`,
      body: { kind: "withheld" },
    });
    const { members } = (await (
      await api(`/v1/groups/${conversation.slice(6)}/members`, owner.user)
    ).json()) as { members: object[] };
    expect(members).toMatchObject([{ user: owner.user, role: "owner", since: 1 }]);
  });

  test("an owner who leaves has an heir", async () => {
    const { conversation, owner, member } = await ownerMemberGuest();
    await tell(owner, conversation, { kind: "leave" });
    await placeOf(member, conversation, (place) => place.role === "owner");
    const change = { kind: "group-change", title: "Mine now" } as const;
    expect(await tell(member, conversation, change)).toMatchObject({ number: 3 });
    await placeOf(member, conversation, (place) => place.title === "Mine now");
  });
});

describe("roles", () => {
  test("who is silenced reads and does not write, until then", async () => {
    const { conversation, owner, member } = await ownerMemberGuest();
    const until = Date.now() + 3_600_000;
    await tell(owner, conversation, { kind: "member-silence", user: member.user, until });
    await placeOf(member, conversation, (place) => place.silencedUntil === until);
    const text = { kind: "text", text: "?" } as const;
    expect(await refusalOf(member, conversation, text)).toBe("not-allowed");
    await tell(owner, conversation, { kind: "member-silence", user: member.user, until: null });
    await placeOf(member, conversation, (place) => place.silencedUntil === undefined);
    expect(await tell(member, conversation, "!")).toMatchObject({ number: 4 });
  });

  test("an admin takes back what others have said; it is gone from every copy", async () => {
    const { conversation, owner, member, guest } = await ownerMemberGuest();
    await tell(owner, conversation, { kind: "members-add", users: [guest.user] });
    const { number = 0 } = await tell(guest, conversation, CANARY);
    const target = number ?? 0;
    await tell(guest, conversation, { kind: "edit", target, text: `${CANARY}!` });
    await entryAt(member, conversation, target + 1);
    expect(await refusalOf(member, conversation, { kind: "recall", target })).toBe("not-allowed");
    await tell(owner, conversation, { kind: "recall", target });
    for (const device of [owner, member, guest]) {
      await entryAt(device, conversation, target + 2);
      device.received.length = 0;
      device.send({ t: "sync", cursor: 0 });
      await device.settle();
      expect(device.received.join()).toContain('"recalled"');
      expect(device.received.join()).not.toContain(CANARY);
    }
    const rows = JSON.stringify(await groupSql(conversation, "SELECT body FROM log"));
    expect(rows).not.toContain(CANARY);
  });
});
