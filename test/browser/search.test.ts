/** Looking for messages, and going to where they stand. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { directConversation, HoldfastClient, memoryStore } from "../../client/index.ts";
import { changeSettings, signIn } from "../support/accounts.ts";
import { ChatWindow, openStage, type Stage } from "./page.ts";

const FILLERS = 400;

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await changeSettings(stage.server.url, { rateBurst: 10_000, ratePerSecond: 10_000 });
});

afterAll(() => stage?.close());

/** Bob writes two messages that are worth finding, then a long stretch of others. */
async function talkOfBob(): Promise<void> {
  const { url } = stage.server;
  const token = () => signIn(url, "bob");
  const bob = new HoldfastClient({ url, user: "bob", token, store: memoryStore() });
  await bob.connect();
  const talk = directConversation("alice", "bob");
  const texts = ["我们明天在北京见面", "The <b>lighthouse</b> at noon"];
  for (let index = 0; index < FILLERS; index += 1) texts.push(`filler ${index}`);
  await Promise.all(texts.map((text) => bob.send(talk, text).accepted));
  await bob.close();
}

test("a word in Chinese and one in English are found, marked, and shown where they were said", async () => {
  const context = await stage.context();
  const alice = await ChatWindow.open(context, "alice");
  await talkOfBob();
  await alice.page
    .getByText(`filler ${FILLERS - 1}`)
    .first()
    .waitFor();
  const box = alice.page.getByRole("searchbox");
  const found = alice.page.getByRole("region", { name: "Messages", exact: true });

  await box.fill("北京");
  await found.locator("mark", { hasText: "北京" }).waitFor();
  expect(await found.getByRole("link").count()).toBe(1);

  await box.fill("lightho");
  await found.locator("mark", { hasText: "lightho" }).waitFor();
  await found.getByRole("link").click();
  const hit = alice.message("The <b>lighthouse</b> at noon");
  await hit.waitFor();
  await expect.poll(() => hit.isVisible()).toBe(true);
  expect(new URL(alice.page.url()).searchParams.has("at")).toBe(false);

  await box.fill("nothing has this");
  await found.getByText("No message has these words.").waitFor();
  expect(stage.problems).toEqual([]);
  await context.close();
});

test("Enter opens whom one has named in full, not who wrote last and is named alike", async () => {
  const context = await stage.context();
  for (const user of ["ann", "anna"]) {
    const window = await ChatWindow.open(context, user, "carl");
    await window.send(`I am ${user}`);
    await window.reaches(`I am ${user}`, ["Sent"]);
  }
  const carl = await ChatWindow.open(await stage.context(), "carl");
  await carl.page.getByRole("link", { name: /I am anna/ }).waitFor();
  await carl.talkTo("ann");
  await carl.shows(["I am ann"]);
  await context.close();
});
