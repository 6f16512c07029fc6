/** The path of a group's messages, from one device to all. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Content } from "../../../protocol/entries.ts";
import { deviceOf } from "../objects.ts";
import { api, freshPolicy, newUser, type RawDevice } from "../support.ts";
import {
  entriesIn,
  entryAt,
  freshId,
  groupSql,
  newGroup,
  refusalOf,
  tell,
  textsIn,
} from "./support.ts";

beforeAll(() => freshPolicy());

describe("a group's log", () => {
  test("R3 every device of every member has the same entries under the same numbers", async () => {
    const { conversation, devices } = await newGroup(4);
    const [a, b] = devices as [RawDevice, RawDevice];
    const second = await deviceOf(b.user);
    for (let i = 1; i <= 5; i++) {
      await tell(a, conversation, `a${i}`);
      await tell(b, conversation, `b${i}`);
    }
    const all = [...devices, second];
    const lists = await Promise.all(all.map((device) => textsIn(device, conversation, 10)));
    expect(lists[0]).toEqual([1, 2, 3, 4, 5].flatMap((i) => [`a${i}`, `b${i}`]));
    for (const list of lists) expect(list).toEqual(lists[0]);
    for (const device of all) {
      const numbers = entriesIn(device, conversation).flatMap(({ number }) => number ?? []);
      expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    }
  });

  test("R8 everybody is told their own place before the first entry", async () => {
    const { conversation, devices } = await newGroup(3, { about: "by train", history: "start" });
    for (const [index, device] of devices.entries()) {
      const [first, second] = entriesIn(device, conversation);
      expect(first?.body).toMatchObject({
        kind: "membership",
        version: 1,
        state: "member",
        role: index === 0 ? "owner" : "member",
        from: 1,
        title: "Trip",
        about: "by train",
        history: "start",
        mode: "copy",
      });
      expect(second).toMatchObject({ number: 1, body: { kind: "group-create" } });
    }
    const response = await api("/v1/conversations", devices[1]?.user ?? "");
    const { conversations } = (await response.json()) as { conversations: object[] };
    expect(conversations).toMatchObject([
      { conversation, membership: { title: "Trip" }, unread: 0 },
    ]);
  });

  test("R2 one message is numbered once, whatever is repeated", async () => {
    const { conversation, devices } = await newGroup(2);
    const [a, b] = devices as [RawDevice, RawDevice];
    const counter = a.counter + 1;
    const item = {
      conversation,
      counter,
      prev: a.counter,
      body: { kind: "text", text: "x" },
    } as const;
    const first = await a.submit(item);
    expect(first).toMatchObject({ number: 2 });
    expect(await a.submit(item)).toEqual(first);
    const other = await a.submit({ ...item, body: { kind: "text", text: "y" } });
    expect(other.error).toEqual({ code: "conflict" });
    const gap = await a.submit({ ...item, counter: counter + 2, prev: counter + 1 });
    expect(gap.error).toEqual({ code: "gap", have: counter });
    await entryAt(b, conversation, 2);
    await b.settle();
    expect(entriesIn(b, conversation).filter(({ number }) => number === 2)).toHaveLength(1);
  });

  test("R15 a stranger gets the answer of a group that does not exist", async () => {
    const { conversation } = await newGroup(2);
    const stranger = await deviceOf(newUser("s"));
    const nowhere = `group:${freshId()}`;
    for (const group of [conversation, nowhere]) {
      const attempts: Content[] = [
        { kind: "text", text: "hello?" },
        { kind: "leave" },
        { kind: "members-add", users: [stranger.user] },
        { kind: "join", token: freshId() },
      ];
      for (const body of attempts) {
        expect(await refusalOf(stranger, group, body)).toBe("not-found");
      }
      for (const path of ["", "/members", "/links", "/receipts?number=1"]) {
        const response = await api(`/v1/groups/${group.slice(6)}${path}`, stranger.user);
        expect(response.status).toBe(404);
      }
    }
    expect(await groupSql(nowhere, "SELECT number FROM log")).toEqual([]);
    await stranger.settle();
    expect(stranger.entries).toEqual([]);
  });

  test("a message wakes nobody's rows but those of the copies", async () => {
    const { conversation, devices } = await newGroup(3);
    const [a] = devices as [RawDevice];
    await tell(a, conversation, "one");
    for (const device of devices) {
      await textsIn(device, conversation, 1);
      await device.settle();
      expect(device.entries.map(({ body }) => body.kind)).toEqual([
        "membership",
        "group-create",
        "text",
      ]);
    }
  });
});
