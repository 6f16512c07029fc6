/** What a member keeps about a group, and what counts as unread in it. */
import { beforeAll, expect, test } from "vitest";
import type { ConversationState } from "../../../protocol/server-frames.ts";
import { evict } from "../objects.ts";
import { api, freshPolicy, type RawDevice } from "../support.ts";
import { entryAt, newGroup, tell } from "./support.ts";

beforeAll(() => freshPolicy());

async function stateOf(device: RawDevice, conversation: string) {
  const response = await api("/v1/conversations", device.user);
  const page = (await response.json()) as { conversations: ConversationState[] };
  return page.conversations.find((state) => state.conversation === conversation);
}

test("R9 what an admin takes back is unread to nobody, and one's own never was", async () => {
  const { conversation, devices } = await newGroup(3);
  const [owner, author, other] = devices as [RawDevice, RawDevice, RawDevice];
  await tell(author, conversation, "rude");
  await tell(author, conversation, "fine");
  const taken = await tell(owner, conversation, { kind: "recall", target: 2 });
  for (const device of devices) await entryAt(device, conversation, taken.number ?? 0);
  expect((await entryAt(other, conversation, 4)).body).toEqual({
    kind: "recall",
    target: 2,
    author: author.user,
  });
  const unread = async () =>
    Promise.all(devices.map(async (device) => (await stateOf(device, conversation))?.unread));
  expect(await unread()).toEqual([1, 0, 1]);
  await evict(owner.user, author.user, other.user);
  expect(await unread()).toEqual([1, 0, 1]);
});

test("R21 a group is arranged, and its draft kept, by who is or was in it", async () => {
  const { conversation, devices } = await newGroup(2);
  const [owner, member] = devices as [RawDevice, RawDevice];
  member.send({ t: "draft", ref: "1", conversation, base: 0, text: "well" });
  await member.next("done");
  const body = { kind: "text" as const, text: "well" };
  const item = { conversation, counter: 1, prev: 0, draft: 1, body };
  expect((await member.submit(item)).number).toBe(2);
  expect((await stateOf(member, conversation))?.draft).toMatchObject({ version: 2, text: "" });
  await tell(owner, conversation, { kind: "members-remove", users: [member.user] });
  await member.until(() =>
    member.entries.find(({ body }) => body.kind === "membership" && body.state === "removed"),
  );
  member.send({ t: "arrange", ref: "2", conversation, change: { archived: true } });
  await member.next("done");
  expect(await stateOf(member, conversation)).toMatchObject({
    membership: { state: "removed" },
    arrangement: { archived: true },
  });
});
