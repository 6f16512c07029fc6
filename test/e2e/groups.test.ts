/** Groups and what a user keeps for themself: the real SDK against the real server. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { directConversation, type HoldfastClient, mayWrite } from "../../client/index.ts";
import type { SendHandle } from "../../client/model.ts";
import { sqliteStore } from "../../client/platform/node.ts";
import type { ClientStore } from "../../client/store.ts";
import { linesOf, SdkStage, shows } from "../support/sdk-stage.ts";

const PATIENCE = { timeout: 20_000 };
let stage: SdkStage;

beforeAll(async () => {
  stage = await SdkStage.open();
});

afterAll(() => stage.close());

const device = (user: string, store?: ClientStore) => stage.device(user, store);

function conversation(client: HoldfastClient, id: string) {
  return client.conversations.get().find((one) => one.id === id);
}

/** As a stranger's would be. */
async function isRefused(sent: SendHandle) {
  await expect(sent.accepted).rejects.toMatchObject({ code: "not-found" });
}

test("a group: made, written in, joined by link, left by force, come back to", async () => {
  const [ann, bea, cem] = await Promise.all(["ann", "bea", "cem"].map((user) => device(user)));
  const bea2 = await device("bea");
  if (!ann || !bea || !cem) throw new Error("devices are missing");
  const { conversation: trip, handle } = ann.createGroup({ title: "Trip", members: ["bea"] });
  const first = ann.send(trip, { kind: "text", text: "@bea when?", mentions: ["bea"] });
  await handle.accepted;
  for (const client of [ann, bea, bea2]) await shows(client, trip, ["group-create", "@bea when?"]);
  expect(conversation(bea, trip)).toMatchObject({
    unread: 1,
    mention: 2,
    group: { title: "Trip", role: "member", state: "member" },
  });
  expect(conversation(ann, trip)?.group).toMatchObject({ role: "owner", isKnown: true });

  await bea2.markRead(trip, 2);
  await expect.poll(() => conversation(bea, trip)?.unread, PATIENCE).toBe(0);
  await expect.poll(() => ann.receipts(trip, 2), PATIENCE).toMatchObject({ of: 1, read: 1 });
  expect((await ann.members(trip)).members.map(({ user }) => user)).toEqual(["ann", "bea"]);
  await first.accepted;

  // Who comes by a link sees what is said from then on, and nothing of before.
  const link = ann.createLink(trip);
  await link.handle.accepted;
  expect(await ann.links(trip)).toMatchObject([{ link: link.link, by: "ann" }]);
  await expect(cem.members(trip)).rejects.toMatchObject({ code: "not-found" });
  await cem.joinByLink(trip, link.token).accepted;
  await shows(cem, trip, ["joined"]);
  await ann.send(trip, "welcome").accepted;
  await shows(cem, trip, ["joined", "welcome"]);
  expect(conversation(cem, trip)).toMatchObject({ unread: 1, group: { from: 4 } });
  const page = await cem.history(trip, { before: 5, limit: 50 });
  expect(page).toMatchObject({ more: false, messages: [{ number: 4 }] });

  // Removed: what is here stays, nothing more comes, nothing more goes.
  await ann.removeMembers(trip, ["cem"]).accepted;
  await expect.poll(() => conversation(cem, trip)?.group?.state, PATIENCE).toBe("removed");
  const seen = conversation(cem, trip);
  expect(seen && mayWrite(seen, Date.now())).toBe(false);
  await ann.send(trip, "without cem").accepted;
  const late = cem.send(trip, "hello?");
  await isRefused(late);
  await isRefused(cem.joinByLink(trip, link.token));
  expect(linesOf(cem, trip)).not.toContain("without cem");

  await cem.drop(late.key);

  await ann.addMembers(trip, ["cem"]).accepted;
  await ann.send(trip, "once more").accepted;
  await expect.poll(() => conversation(cem, trip)?.group?.state, PATIENCE).toBe("member");
  await shows(cem, trip, ["members-add", "once more"]);
  expect(conversation(cem, trip)?.unread).toBe(1);
  const fresh = await device("cem");
  await shows(fresh, trip, ["members-add", "once more"]);
  expect(conversation(fresh, trip)).toMatchObject({ unread: 1, group: { title: "Trip" } });
}, 60_000);

test("a group that is made and written in offline is there after a restart and a kill", async () => {
  const path = join(stage.directory, "eda.db");
  const fay = await device("fay");
  const eda = await device("eda", sqliteStore(path));
  const killed = stage.server.killWorkerd();
  const { conversation: id } = eda.createGroup({ title: "Plans", members: ["fay"] });
  await eda.send(id, "one").queued;
  await eda.close();
  const again = await device("eda", sqliteStore(path));
  expect(conversation(again, id)).toMatchObject({ last: { content: { text: "one" } } });
  await killed;
  await again.send(id, "two").accepted;
  await shows(fay, id, ["group-create", "one", "two"]);
}, 60_000);

test("R21 arrangement, folders and drafts are the same on all devices, and a new one", async () => {
  const talk = directConversation("gil", "hal");
  const [phone, desk, hal] = await Promise.all(["gil", "gil", "hal"].map((user) => device(user)));
  if (!phone || !desk || !hal) throw new Error("devices are missing");
  await hal.send(talk, "hi").accepted;
  await expect.poll(() => conversation(desk, talk)?.unread, PATIENCE).toBe(1);
  await phone.setFolders([{ id: "friends", name: "Friends" }]);
  await phone.fileInto(talk, ["friends"]);
  await phone.pin(talk);
  await desk.mute(talk, 4_102_444_800_000);
  await phone.saveDraft(talk, "see you");
  const wanted = { pinned: true, folders: ["friends"], mutedUntil: 4_102_444_800_000 };
  for (const client of [phone, desk, await device("gil")]) {
    await expect
      .poll(() => conversation(client, talk), PATIENCE)
      .toMatchObject({
        ...wanted,
        draft: { text: "see you" },
      });
    await expect
      .poll(() => client.folders.get(), PATIENCE)
      .toEqual([{ id: "friends", name: "Friends" }]);
  }
  await desk.send(talk, "see you", { fromDraft: true }).accepted;
  for (const client of [phone, desk]) {
    await expect.poll(() => conversation(client, talk)?.draft, PATIENCE).toBeUndefined();
  }
  await phone.markRead(talk, 1);
  await phone.markUnread(talk);
  await expect.poll(() => conversation(desk, talk)?.markedUnread, PATIENCE).toBe(true);
  await desk.markRead(talk, 2);
  await expect.poll(() => conversation(phone, talk)?.markedUnread, PATIENCE).toBe(false);
}, 60_000);
