/** Other people: who is there and types, who may write, and who is kept out. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ChatWindow, openStage, type Stage } from "./page.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});

afterAll(() => stage?.close());

const open = async (user: string, peer?: string) =>
  ChatWindow.open(await stage.context(), user, peer);

test("one sees that the other is there, types, and has gone", async () => {
  const ben = await open("ben", "ada");
  await ben.send("hello");
  await ben.reaches("hello", ["Sent"]);
  // Whom one has written to may know whether one is there.
  const ada = await open("ada", "ben");
  await ada.shows(["hello"]);
  await ada.page.locator(".presence", { hasText: "online" }).waitFor();
  await ben.composer.pressSequentially("I am thin");
  await ada.page.getByText("ben is typing …").waitFor();
  await ben.send("I am thinking");
  await ada.shows(["hello", "I am thinking"]);
  await expect.poll(() => ada.page.getByText("ben is typing …").count()).toBe(0);
  await ben.page.close();
  await ada.page.locator(".presence", { hasText: "last seen" }).waitFor();
});

test("R16: a stranger waits to be let in, and who is blocked notices nothing", async () => {
  const cat = await open("cat");
  await cat.page.goto("/?as=cat&panel=settings");
  await cat.page.getByLabel("Who may write to me").selectOption("contacts");
  const dan = await open("dan", "cat");
  await dan.send("may I?");
  await dan.reaches("may I?", ["Sent"]);

  await cat.page.goto("/?as=cat&c=direct:cat,dan");
  const request = cat.page.getByRole("region", { name: "dan wants to write to you." });
  await request.getByRole("button", { name: "Accept" }).click();
  await dan.reaches("may I?", ["Delivered", "Read"]);
  await expect.poll(() => request.count()).toBe(0);

  const row = cat.page.getByRole("link", { name: /dan/ }).first();
  await row.click({ button: "right" });
  await cat.page.getByRole("menuitem", { name: "Block dan" }).click();
  await cat.page.getByText("You have blocked dan.").first().waitFor();
  await dan.send("are you there?");
  await dan.reaches("are you there?", ["Sent"]);
  expect(await cat.page.getByText("are you there?").count()).toBe(0);

  // Another device hears of it from the server only: from then on it holds for dan too.
  const phone = await open("cat", "dan");
  const unblock = phone.page.getByRole("button", { name: "Unblock dan" });
  await unblock.waitFor();
  await cat.page.getByRole("button", { name: "Unblock dan" }).click();
  await unblock.waitFor({ state: "detached" });
  await dan.send("and now?");
  await cat.page.getByText("and now?").first().waitFor();
  expect(await cat.page.getByText("are you there?").count()).toBe(0);
  expect(stage.problems).toEqual([]);
});
