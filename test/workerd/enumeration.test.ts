/**
 * What is not told to a stranger is not shown by the way it is not told, either: the same bytes, and
 * the same work of the objects that are asked. Measured in rows and visits, for time is the machine's.
 * Of a group it is told once it is awake: what waking costs depends on its size, and nobody can wake
 * a group without its 128 random bits.
 */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import type { SubmitItem } from "../../protocol/client-frames.ts";
import type { Content } from "../../protocol/entries.ts";
import { directConversation, groupConversation } from "../../protocol/ids.ts";
import { forgetProfile } from "../../worker/directory.ts";
import type { Reading } from "../../worker/meter.ts";
import { freshId, groupObject, newGroup, tell } from "./groups/support.ts";
import { deviceOf, objectOf } from "./objects.ts";
import { api, freshPolicy, newUser, type RawDevice } from "./support.ts";
import { fileContent, textBytes } from "./uploads.ts";

beforeAll(() => freshPolicy());

/** What a stranger could ask about: once it is there, and once it never was. */
interface Subject {
  readonly conversation: string;
  readonly message: string;
  readonly file: string;
  readonly group: string;
}

async function real(): Promise<Subject> {
  const alice = await deviceOf(newUser("alice"));
  const bob = await deviceOf(newUser("bob"));
  const conversation = directConversation(alice.user, bob.user);
  const content = await fileContent(alice.user, textBytes("of alice"), "of alice");
  await alice.result(alice.say(bob.user, content));
  const { conversation: group, devices } = await newGroup(3);
  const [owner] = devices;
  if (owner !== undefined) await tell(owner, group, "among us");
  const message = `${alice.user}:${alice.device}:1`;
  return { conversation, message, file: content.file, group };
}

/** Of the same length in everything. */
function unreal({ message, file }: Subject): Subject {
  const [alice, bob] = [newUser("alice"), newUser("bob")];
  const [, device = "", counter = ""] = message.split(":");
  return {
    conversation: directConversation(alice, bob),
    message: [alice, device, counter].join(":"),
    file: freshId().padEnd(file.length, "x").slice(0, file.length),
    group: groupConversation(freshId()),
  };
}

type Ask = (stranger: RawDevice, subject: Subject) => Promise<string>;

function route(path: (subject: Subject) => string): Ask {
  return async ({ user }, subject) => {
    const response = await api(path(subject), user);
    const headers = [...response.headers].filter(([name]) => name !== "date");
    const text = (await response.text()).replace(/"id":"[^"]*"/, "");
    return JSON.stringify([response.status, headers.sort(), text]);
  };
}

const ofGroup = (rest: string) => route(({ group }) => `/v1/groups/${group.slice(6)}${rest}`);

function submit(where: "conversation" | "group", body: Content): Ask {
  return async (stranger, subject) => {
    stranger.counter += 1;
    const item: SubmitItem = {
      conversation: subject[where],
      counter: stranger.counter,
      prev: 0,
      body,
    };
    const { error, number } = await stranger.submit(item);
    return JSON.stringify({ error, number });
  };
}

function frame(make: (subject: Subject) => Parameters<RawDevice["send"]>[0]): Ask {
  return async (stranger, subject) => {
    stranger.send(make(subject));
    return JSON.stringify(await stranger.next("error"));
  };
}

const ASKS: Readonly<Record<string, Ask>> = {
  "a conversation of others": route(
    ({ conversation }) => `/v1/conversations/${encodeURIComponent(conversation)}/messages`,
  ),
  "the story of a message": route(
    ({ message }) => `/v1/messages/${encodeURIComponent(message)}/trace`,
  ),
  "a file": route(
    ({ file, conversation }) =>
      `/v1/files/${file}?conversation=${encodeURIComponent(conversation)}&number=1`,
  ),
  "a file of a group": route(
    ({ file, group }) => `/v1/files/${file}?conversation=${encodeURIComponent(group)}&number=2`,
  ),
  "a group": ofGroup(""),
  "a group's members": ofGroup("/members"),
  "a group's links": ofGroup("/links"),
  "a group's log": ofGroup("/log?after=0"),
  "a group's receipts": ofGroup("/receipts?number=2"),
  "a page of a conversation": frame(({ conversation }) => {
    return { t: "history", ref: "h", conversation, limit: 10 };
  }),
  "a page of a group": frame(({ group }) => {
    return { t: "history", ref: "h", conversation: group, limit: 10 };
  }),
  "a read mark": frame(({ conversation }) => ({ t: "read", conversation, number: 1 })),
  "a recall": submit("conversation", { kind: "recall", target: 1 }),
  "a word to a group": submit("group", { kind: "text", text: "hello?" }),
  "an edit in a group": submit("group", { kind: "edit", target: 2, text: "mine" }),
  "a join without the link": submit("group", { kind: "join", token: freshId() }),
  "a leave": submit("group", { kind: "leave" }),
};

type Work = Pick<Reading, "rowsRead" | "rowsWritten" | "requests" | "frames">;

async function workOf(objects: readonly { meter(): Promise<Reading> }[]): Promise<Work[]> {
  const readings = await Promise.all(objects.map((object) => object.meter()));
  return readings.map(({ rowsRead, rowsWritten, requests, frames }) => {
    return { rowsRead, rowsWritten, requests, frames };
  });
}

/** The answer, and what it has cost a stranger's object and the group's. */
async function asked(ask: Ask, subject: Subject): Promise<{ answer: string; work: Work[] }> {
  const stranger = await deviceOf(newUser("stranger"));
  stranger.autoAck = false;
  await ask(stranger, subject);
  await stranger.settle();
  const objects = [objectOf(stranger.user), groupObject(subject.group)];
  const before = await workOf(objects);
  const answer = await ask(stranger, subject);
  const after = await workOf(objects);
  const work = after.map((one, index) => minus(one, before[index]));
  stranger.close();
  return { answer, work };
}

function minus(a: Work, b: Work | undefined): Work {
  if (b === undefined) throw new Error("each object is read twice");
  return {
    rowsRead: a.rowsRead - b.rowsRead,
    rowsWritten: a.rowsWritten - b.rowsWritten,
    requests: a.requests - b.requests,
    frames: a.frames - b.frames,
  };
}

describe("R15 what is there and not for a stranger", () => {
  test.each(Object.entries(ASKS))(
    "R15 %s: the same answer, by the same work, as what never was",
    async (_, ask) => {
      const subject = await real();
      const there = await asked(ask, subject);
      expect(there).toEqual(await asked(ask, unreal(subject)));
      expect(there.answer).toMatch(/not-found/);
    },
  );

  test("R15 who is gone is found in the directory as little as who never was", async () => {
    const [gone, never] = [newUser("alice"), newUser("alice")];
    const body = JSON.stringify({ name: "Alice", listed: true });
    const headers = { "content-type": "application/json" };
    expect((await api("/v1/profile", gone, { method: "PUT", headers, body })).status).toBe(200);
    await forgetProfile(env.DIRECTORY, gone, Date.now());
    const stranger = newUser("stranger");
    const look = async (user: string) => {
      const response = await api(`/v1/profiles?users=${user}`, stranger);
      return [response.status, await response.text()];
    };
    expect(await look(gone)).toEqual(await look(never));
  });
});
