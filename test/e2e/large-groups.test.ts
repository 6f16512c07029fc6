/** Groups with one log for all, through the real SDK and a real stage.server. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { HoldfastClient } from "../../client/index.ts";
import type { ClientStore } from "../../client/store.ts";
import { changeSettings } from "../support/accounts.ts";
import { SdkStage, shows } from "../support/sdk-stage.ts";

const PATIENCE = { timeout: 30_000 };
let stage: SdkStage;

beforeAll(async () => {
  stage = await SdkStage.open();
  await changeSettings(stage.server.url, { groupCopyMembers: 4, recipients: "any" });
});

afterAll(() => stage.close());

const device = (user: string, store?: ClientStore) => stage.device(user, store);

function texts(client: HoldfastClient, id: string): string[] {
  const { messages } = client.messages(id).get();
  return messages.flatMap(({ content }) => (content.kind === "text" ? [content.text] : []));
}

const sees = (client: HoldfastClient, id: string, wanted: readonly string[]) =>
  shows(client, id, wanted, texts);

test("a group grows large and small again: everybody has the same, away or not", async () => {
  const names = ["ann", "bob", "cem", "dan", "eve"];
  const [ann, bob, cem] = await Promise.all(names.slice(0, 3).map((name) => device(name)));
  if (!ann || !bob || !cem) throw new Error("devices are missing");
  const handed: number[] = [];
  cem.onMessage(({ conversation, number = 0 }) => {
    if (conversation.startsWith("group:")) handed.push(number);
  });
  const { conversation: fair, handle } = ann.createGroup({
    title: "Fair",
    members: ["bob", "cem"],
    history: "start",
  });
  await handle.accepted;
  await ann.send(fair, "small").accepted;
  for (const client of [ann, bob, cem]) await sees(client, fair, ["small"]);

  await ann.addMembers(fair, names.slice(3)).accepted;
  const mode = (client: HoldfastClient) =>
    client.conversations.get().find(({ id }) => id === fair)?.group?.mode;
  for (const client of [ann, bob, cem])
    await expect.poll(() => mode(client), PATIENCE).toBe("large");
  await bob.send(fair, "large").accepted;
  await ann.send(fair, "to bob", { priority: "urgent" }).accepted;
  for (const client of [ann, bob, cem]) await sees(client, fair, ["small", "large", "to bob"]);

  // Whoever was away, or is new, finds all of it in the log.
  const dan = await device("dan");
  await sees(dan, fair, ["small", "large", "to bob"]);
  await dan.send(fair, "here I am").accepted;
  await bob.edit(fair, 5, "large, edited").accepted;
  const wanted = ["small", "large, edited", "to bob", "here I am"];
  for (const client of [ann, bob, cem, dan]) await sees(client, fair, wanted);
  const head = () => cem.conversations.get().find(({ id }) => id === fair)?.head ?? 0;
  await cem.markRead(fair, head());
  expect(cem.conversations.get().find(({ id }) => id === fair)?.unread).toBe(0);

  await ann.removeMembers(fair, ["dan", "eve"]).accepted;
  for (const client of [ann, bob, cem])
    await expect.poll(() => mode(client), PATIENCE).toBe("copy");
  for (const client of [ann, bob, cem]) client.messages(fair).subscribe(() => {});
  await cem.send(fair, "small again").accepted;
  for (const client of [ann, bob, cem]) {
    await expect.poll(() => texts(client, fair).at(-1), PATIENCE).toBe("small again");
    // The copy restarts at the switch: what was said before is a page of history.
    await client.history(fair, { limit: 50 });
    await sees(client, fair, [...wanted, "small again"]);
  }
  expect(texts(dan, fair)).not.toContain("small again");
  // Copied, passed, fetched, copied again: the app gets all that others said, once and in order.
  const newest = ann.conversations.get().find(({ id }) => id === fair)?.head ?? 0;
  const all = Array.from({ length: newest }, (_, index) => index + 1);
  await expect.poll(() => handed, PATIENCE).toEqual(all.slice(0, -1));
}, 120_000);
