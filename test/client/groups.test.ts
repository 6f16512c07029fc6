/** Groups through the SDK: making them, one's place in them, what is unread, how far words come. */
import { describe, expect, test } from "vitest";
import { mayInvite, mayWrite } from "../../client/core/place.ts";
import { conversation, GROUP, place, textsOf } from "../support/client/group-talk.ts";
import { lab } from "../support/client/lab.ts";

describe("making and managing a group", () => {
  test("works without a connection, with everything that is said after it, in order", async () => {
    const { client, server, clock } = lab();
    server.unreachable = true;
    await client.connect();
    const { conversation: id, handle } = client.createGroup({
      title: "Trip",
      members: ["bob", "carol"],
      history: "start",
    });
    expect(id).toMatch(/^group:[A-Za-z0-9_-]{22}$/);
    client.send(id, "when?");
    const link = client.createLink(id, { expiresAt: 9_000 });
    expect(link.token.startsWith(link.link)).toBe(true);
    client.setRole(id, "bob", "admin");
    client.silence(id, "carol", 5_000);
    client.addMembers(id, ["dan"]);
    client.removeMembers(id, ["dan"]);
    client.changeGroup(id, { title: "Journey" });
    client.revokeLink(id, link.link);
    await client.leave(id).queued;
    expect(conversation(client, id)).toMatchObject({
      group: { title: "Trip", isKnown: false, role: "owner", state: "member", history: "start" },
      last: { content: { text: "when?" } },
    });
    server.unreachable = false;
    await clock.advance(30_000);
    expect((await handle.accepted).number).toBe(1);
    const submitted = server.frames.flatMap((frame) => (frame.t === "submit" ? frame.items : []));
    expect(submitted.map(({ body }) => body)).toMatchObject([
      { kind: "group-create", title: "Trip", members: ["bob", "carol"], history: "start" },
      { kind: "text" },
      { kind: "link-create", token: link.token, expiresAt: 9_000 },
      { kind: "member-role", user: "bob", role: "admin" },
      { kind: "member-silence", user: "carol", until: 5_000 },
      { kind: "members-add", users: ["dan"] },
      { kind: "members-remove", users: ["dan"] },
      { kind: "group-change", title: "Journey" },
      { kind: "link-revoke", link: link.link },
      { kind: "leave" },
    ]);
    expect(submitted.map(({ prev }) => prev)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("one that the server refuses is a message that failed, and no group", async () => {
    const { client, server, clock } = lab();
    server.judge = () => ({ code: "not-allowed" });
    await client.connect();
    const { conversation: id, handle } = client.createGroup({ title: "Trip" });
    await clock.advance(1_000);
    expect(handle.state).toBe("failed");
    expect(conversation(client, id)?.group).toMatchObject({ isKnown: false });
    await client.drop(handle.key);
    expect(conversation(client, id)).toBeUndefined();
  });
});

test("R4 what is refused about a group holds nothing back, nor does a failed message hold it back", async () => {
  const { client, server, clock } = lab();
  await client.connect();
  server.note(GROUP, place());
  server.judge = ({ body }) =>
    body.kind === "text" || body.kind === "member-role" ? { code: "not-allowed" } : undefined;
  const role = client.setRole(GROUP, "bob", "admin");
  await clock.advance(1_000);
  await expect(role.accepted).rejects.toMatchObject({ code: "not-allowed" });
  const said = client.send(GROUP, "silenced");
  await clock.advance(1_000);
  expect(said.state).toBe("failed");
  const left = client.leave(GROUP);
  await clock.advance(1_000);
  expect((await left.accepted).number).toBe(1);
  // What was said before is still here, for its author to send again or not.
  expect(conversation(client)?.last).toMatchObject({ key: said.key, state: "failed" });
  const then = client.send(GROUP, "behind it");
  const change = client.changeGroup(GROUP, { title: "Later" });
  await clock.advance(1_000);
  expect([then.state, change.state]).toEqual(["queued", "queued"]);
});

describe("one's place in a group", () => {
  test("begins at the join: numbers, history and what is unread with it", async () => {
    const { client, server, clock } = lab();
    client.messages(GROUP).subscribe(() => {});
    await client.connect();
    server.skipTo(GROUP, 101);
    server.note(GROUP, place({ version: 101, from: 101 }));
    server.arrive(GROUP, { kind: "members-add", users: ["alice"] });
    server.arrive(GROUP, { kind: "text", text: "welcome", mentions: ["alice"] });
    await clock.advance(1_000);
    expect(conversation(client)).toMatchObject({
      unread: 1,
      mention: 102,
      group: { title: "Trip", role: "member", from: 101, isKnown: true },
    });
    expect(textsOf(client)).toEqual(["members-add", "welcome"]);
    expect(client.messages(GROUP).get().more).toBe(false);
    const asked = server.frames.filter(({ t }) => t === "history").length;
    const page = await client.history(GROUP, { before: 102, limit: 10 });
    expect(page).toMatchObject({ more: false, messages: [{ number: 101 }] });
    expect(server.frames.filter(({ t }) => t === "history")).toHaveLength(asked);
    await client.markRead(GROUP, 102);
    expect(conversation(client)).toMatchObject({ unread: 0, mention: undefined });
  });

  test("what was there before one came is shown and was not missed", async () => {
    const { client, server, clock } = lab();
    await client.connect();
    server.note(GROUP, place({ version: 3, from: 1, history: "start" }));
    server.arrive(GROUP, { kind: "group-create", title: "Trip", members: [] });
    server.text(GROUP, "before");
    server.arrive(GROUP, { kind: "members-add", users: ["alice"] });
    server.text(GROUP, "after");
    await clock.advance(1_000);
    expect(conversation(client)).toMatchObject({ unread: 1, head: 4 });
  });

  test("ends with the removal, and goes on elsewhere after coming back", async () => {
    const { client, server, clock } = lab();
    client.messages(GROUP).subscribe(() => {});
    await client.connect();
    server.note(GROUP, place());
    for (const text of ["one", "two"]) server.text(GROUP, text);
    await clock.advance(1_000);
    expect(conversation(client)?.unread).toBe(2);
    server.note(GROUP, place({ version: 3, state: "removed" }));
    await clock.advance(1_000);
    const after = conversation(client);
    expect(after).toMatchObject({ unread: 0, group: { state: "removed" } });
    expect(after && mayWrite(after, 0)).toBe(false);
    expect(textsOf(client)).toEqual(["one", "two"]);
    server.skipTo(GROUP, 40);
    server.note(GROUP, place({ version: 40, from: 40 }));
    server.arrive(GROUP, { kind: "members-add", users: ["alice"] });
    server.text(GROUP, "again");
    await clock.advance(1_000);
    expect(conversation(client)).toMatchObject({ unread: 1, head: 41, group: { from: 40 } });
    expect(textsOf(client)).toEqual(["members-add", "again"]);
    expect(client.messages(GROUP).get().more).toBe(false);
    await client.markRead(GROUP, 40);
    expect(conversation(client)?.unread).toBe(1);
  });

  test.each([
    [{}, true, false],
    [{ role: "admin" }, true, true],
    [{ writers: "admins" }, false, false],
    [{ writers: "admins", role: "owner" }, true, true],
    [{ inviters: "all" }, true, true],
    [{ silencedUntil: 101 }, false, false],
    [{ silencedUntil: 100 }, true, false],
    [{ state: "left", inviters: "all" }, false, false],
  ] as const)("with %j one may write: %s, invite: %s", async (fields, writes, invites) => {
    const { client, server, clock } = lab();
    await client.connect();
    server.note(GROUP, place(fields));
    server.text(GROUP, "hi");
    await clock.advance(1_000);
    const one = conversation(client);
    expect(one && [mayWrite(one, 100), mayInvite(one)]).toEqual([writes, invites]);
  });
});

describe("R9 how far one's words have come in a group", () => {
  test("is counted, for the newest and for all that is before it", async () => {
    const { client, server, clock } = lab();
    client.messages(GROUP).subscribe(() => {});
    await client.connect();
    server.note(GROUP, place());
    const first = client.send(GROUP, "one");
    const second = client.send(GROUP, "two");
    await clock.advance(1_000);
    const totals = (number: number, delivered: number, read: number) =>
      server.send({ t: "totals", conversation: GROUP, number, delivered, read, of: 3 });
    totals(1, 3, 1);
    totals(2, 2, 0);
    await clock.advance(10);
    const shown = () =>
      client
        .messages(GROUP)
        .get()
        .messages.map(({ state, reach }) => [state, reach?.delivered, reach?.read]);
    expect(shown()).toEqual([
      ["delivered", 3, 1],
      ["accepted", 2, 0],
    ]);
    expect([first.state, second.state]).toEqual(["delivered", "accepted"]);
    totals(2, 3, 3);
    await clock.advance(10);
    expect(shown()).toEqual([
      ["read", 3, 3],
      ["read", 3, 3],
    ]);
    await second.delivered;
  });
});

describe("what is asked of a group", () => {
  test("R14 pages of members, receipts and links; an answer that lacks them is an error", async () => {
    const { client, server } = lab();
    await client.connect();
    const asked: string[] = [];
    const answers: Record<string, unknown> = {
      members: { members: [{ user: "bob", role: "owner", since: 1 }], next: "bob" },
      receipts: { number: 7, of: 2, delivered: 1, read: 0, copies: 2, unreachable: 0, members: [] },
      links: { links: [] },
      [GROUP.slice(6)]: { members: 2, head: 9, membership: {} },
    };
    server.get = (url) => {
      asked.push(url.replace("https://chat.test", ""));
      const { pathname } = new URL(url);
      const body = answers[pathname.split("/").at(-1) ?? ""];
      return { response: Promise.resolve({ status: 200, body }), cancel: () => {} };
    };
    expect((await client.members(GROUP, "al")).members).toMatchObject([{ user: "bob" }]);
    expect(await client.receipts(GROUP, 7)).toMatchObject({ of: 2, delivered: 1 });
    expect(await client.links(GROUP)).toEqual([]);
    expect(await client.groupInfo(GROUP)).toEqual({ members: 2, head: 9 });
    expect(asked).toEqual([
      `/v1/groups/${"A".repeat(22)}/members?after=al`,
      `/v1/groups/${"A".repeat(22)}/receipts?number=7`,
      `/v1/groups/${"A".repeat(22)}/links`,
      `/v1/groups/${"A".repeat(22)}`,
    ]);
    answers["links"] = {};
    await expect(client.links(GROUP)).rejects.toMatchObject({ code: "internal" });
    await expect(client.members("direct:alice,bob")).rejects.toMatchObject({ code: "not-found" });
  });
});
