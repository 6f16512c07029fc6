/** A part that can't be loaded: what is plain goes on, what is not waits for it. */
import { expect, test, vi } from "vitest";
import { BasicClient } from "../../client/basic.ts";
import { emptyRow } from "../../client/core/conversations.ts";
import { EXTRAS } from "../../client/engine/parts.ts";
import { memoryStore } from "../../client/memory-store.ts";
import type { ClientEvent } from "../../client/model.ts";
import type { Membership } from "../../protocol/groups.ts";
import { FakeClock } from "../support/client/fake-clock.ts";
import { FakePlatform } from "../support/client/fake-platform.ts";
import { FakeServer } from "../support/client/fake-server.ts";

const GROUP = `group:${"A".repeat(22)}`;
const TALK = "direct:alice,bob";

/** Of a device that has seen a group in an earlier life. */
async function storeWithGroup() {
  const store = memoryStore();
  await store.open("device01");
  const membership: Membership = {
    ...{ kind: "membership", version: 1, state: "member", role: "member", from: 1 },
    ...{ title: "Trip", writers: "all", inviters: "admins", history: "join", mode: "copy" },
  };
  const row = { ...emptyRow(GROUP), head: 1, read: 1, readTold: 1, membership };
  await store.apply({ epoch: 0, meta: { user: "alice", stored: 0 }, conversations: [row] });
  return store;
}

test("without it there are messages; what needs it comes once it can be loaded", async () => {
  const load = vi.spyOn(EXTRAS, "load").mockRejectedValue(new Error("no network"));
  const clock = new FakeClock();
  const server = new FakeServer("alice", () => clock.now());
  const platform = new FakePlatform(server, clock, {});
  const options = { url: "https://chat.test", token: async () => "token", user: "alice" };
  const client = new BasicClient({ ...options, platform, store: await storeWithGroup() });
  const told: ClientEvent[] = [];
  client.on("degraded", (event) => told.push(event));
  await client.connect();
  await clock.advance(100);
  const group = () => client.conversations.get().find(({ id }) => id === GROUP);
  expect(group()).toMatchObject({ head: 1, group: undefined });
  const sent = client.send(TALK, "hello");
  await clock.advance(100);
  expect(await sent.queued).toBeDefined();
  server.skipTo(GROUP, 2);
  server.text(GROUP, "who is there?");
  await clock.advance(5_000);
  expect(group()).toMatchObject({ head: 1 });
  expect(told).toContainEqual({ type: "degraded", cause: "Error: no network" });
  load.mockRestore();
  await EXTRAS.load();
  server.cut();
  await clock.advance(20_000);
  expect(group()).toMatchObject({ head: 2, unread: 1, group: { title: "Trip" } });
  await client.close();
});
