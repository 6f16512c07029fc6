/** What people call themselves, what does not stay, cards of people, and an account that ends. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { directConversation, HoldfastClient, memoryStore } from "../../client/index.ts";
import { signIn } from "../support/accounts.ts";
import { violations } from "./axe.ts";
import { ChatWindow, openStage, type Stage } from "./page.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => expect(stage.problems).toEqual([]));
afterAll(() => stage?.close());

const open = async (user: string, peer?: string) =>
  ChatWindow.open(await stage.context(), user, peer);

async function openFromMenu({ page }: ChatWindow, item: string) {
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("menuitem", { name: item }).click();
  const panel = page.getByRole("complementary", { name: item });
  await panel.waitFor();
  return panel;
}

test("a name of one's own is shown wherever others see one", async () => {
  const alice = await open("alice");
  const panel = await openFromMenu(alice, "My profile");
  await panel.getByLabel("Name").fill("Alice Achterberg");
  await panel.getByLabel("Handle", { exact: true }).fill("ali");
  await panel.getByRole("button", { name: "Save" }).click();
  await panel.getByText("Saved.").waitFor();
  expect(await violations(alice.page)).toEqual([]);
  await alice.page.getByRole("heading", { name: "Alice Achterberg" }).waitFor();

  const bob = await open("bob", "alice");
  await bob.page.getByRole("heading", { name: "Alice Achterberg" }).waitFor();
  await bob.composer.fill("hello");
  await bob.composer.press("Enter");
  await bob.page.getByRole("link", { name: /Alice Achterberg/ }).waitFor();
  await bob.makeGroup("Ferry trip", "alice");
  await alice.openGroup("Ferry trip");
  await alice.send("on board");
  await bob.message("Alice Achterberg").getByText("on board").waitFor();
  await bob.page.getByRole("button", { name: "Group", exact: true }).click();
  await bob.page.locator("[data-member=alice]").getByText("Alice Achterberg").waitFor();

  const taken = await open("carol");
  const other = await openFromMenu(taken, "My profile");
  await other.getByLabel("Handle", { exact: true }).fill("ali");
  await other.getByRole("button", { name: "Save" }).click();
  await other.getByText("Somebody else has this handle.").waitFor();
});

test("what is written after a time was set says that it goes, and goes", async () => {
  const dave = await open("dave", "erin");
  await dave.send("this stays");
  await dave.page.getByRole("button", { name: "About this person" }).click();
  const panel = dave.page.getByRole("complementary", { name: "About this person" });
  await panel.getByLabel("Messages disappear").selectOption({ label: "1 day" });
  const erin = await open("erin", "dave");
  await erin.page.getByText("Messages written here disappear after 1 day.").waitFor();
  expect(await violations(dave.page)).toEqual([]);
  await erin.send("for a day");
  await dave
    .message("for a day")
    .getByTitle(/^Gone /)
    .waitFor();
  expect(
    await dave
      .message("this stays")
      .getByTitle(/^Gone /)
      .count(),
  ).toBe(0);

  const { url } = stage.server;
  const client = new HoldfastClient({
    ...{ url, user: "dave", store: memoryStore() },
    token: () => signIn(url, "dave"),
  });
  await client.connect();
  await client.setTtl(directConversation("dave", "erin"), 4).accepted;
  await erin.page.getByText("Messages written here disappear after 4 seconds.").waitFor();
  await erin.send("gone in a moment");
  await dave.message("gone in a moment").waitFor();
  await dave.message("gone in a moment").waitFor({ state: "detached" });
  await erin.message("gone in a moment").waitFor({ state: "detached" });
  await dave.shows(["this stays", "for a day"]);
  await panel.getByLabel("Messages disappear").selectOption({ label: "Never" });
  await erin.page.getByText(/^Messages written here disappear/).waitFor({ state: "detached" });
  await client.close();
});

test("a person is passed on as a card, which opens a conversation with them", async () => {
  const fred = await open("fred", "gina");
  await fred.send("hello gina");
  await fred.talkTo("hugo");
  await fred.page.getByRole("button", { name: "Attach" }).click();
  await fred.page.getByRole("menuitem", { name: "A contact" }).click();
  const dialog = fred.page.getByRole("dialog", { name: "A contact" });
  await dialog.waitFor();
  expect(await violations(fred.page)).toEqual([]);
  await dialog.getByRole("button", { name: "gina" }).click();
  const hugo = await open("hugo", "fred");
  await hugo.page.getByRole("link", { name: "Write to gina" }).click();
  await hugo.page.getByRole("textbox", { name: "Message to gina" }).waitFor();
});

test("an account is deleted by whoever types its name, and nobody gets in any more", async () => {
  const context = await stage.context();
  const ida = await ChatWindow.open(context, "ida", "jan");
  await ida.send("farewell");
  await ida.reaches("farewell", ["Sent", "Delivered"]);
  await ida.talkTo("kim");
  await ida.composer.fill("a draft");
  // Of the same browser: another user, and another device of this one.
  const other = await ChatWindow.open(context, "ida2", "jan");
  await other.send("still here");
  await other.reaches("still here", ["Sent", "Delivered"]);
  const second = await context.newPage();
  await second.goto("/?as=ida&device=2");
  await second.getByRole("link", { name: /jan/ }).waitFor();
  const panel = await openFromMenu(ida, "Settings");
  await panel.getByText("Delete the account").click();
  const button = panel.getByRole("button", { name: "Delete for good" });
  await panel.getByLabel("To delete it, type ida").fill("idb");
  expect(await button.isEnabled()).toBe(false);
  expect(await violations(ida.page)).toEqual([]);
  await panel.getByLabel("To delete it, type ida").fill("ida");
  await button.click();
  await ida.page.getByRole("heading", { name: "The account ida was deleted" }).waitFor();
  await ida.page.getByText("removed from this browser.").waitFor();
  expect((await keptIn(other)).filter((name) => /\bida\b/.test(name))).toEqual([]);
  expect(await keptIn(other)).toContainEqual(expect.stringMatching(/^holdfast:.*:ida2$/));
  await other.shows(["still here"]);
  const jan = await open("jan", "ida");
  await jan.page.getByText("This account was deleted.").first().waitFor();
});

test("a picture of one's own, and one of a group, are shown to others and can be taken away", async () => {
  const kim = await open("kim");
  const lea = await open("lea", "kim");
  const panel = await openFromMenu(kim, "My profile");
  const picture = { name: "me.png", mimeType: "image/png", buffer: await anyPicture(kim) };
  await panel.getByLabel("Choose a picture …").setInputFiles(picture);
  await panel.getByText("Saved.").waitFor();
  await kim.page.locator(".rail-header .avatar img").waitFor();
  await lea.page.reload();
  await lea.page.locator(".thread-header .avatar img").waitFor();

  await kim.makeGroup("With a face", "lea");
  await kim.page.getByRole("button", { name: "Group", exact: true }).click();
  const group = kim.page.getByRole("complementary", { name: "Group" });
  await group.getByLabel("Choose a picture …").setInputFiles(picture);
  await lea.page
    .getByRole("link", { name: /With a face/ })
    .locator(".avatar img")
    .waitFor();
  await group.getByRole("button", { name: "Take the picture away" }).click();
  await lea.page
    .getByRole("link", { name: /With a face/ })
    .locator(".avatar img")
    .waitFor({ state: "detached" });

  const nothing = { name: "me.txt", mimeType: "text/plain", buffer: Buffer.from("no picture") };
  await group.getByLabel("Choose a picture …").setInputFiles(nothing);
  await group.getByText("This picture could not be taken.").waitFor();
});

test("a group may have its picture from the beginning, and is not made without it", async () => {
  const mia = await open("mia");
  const noa = await open("noa");
  const { page } = mia;
  const panel = await openFromMenu(mia, "New group");
  const buffer = await anyPicture(mia);
  await panel.getByLabel("Choose a picture …").setInputFiles({
    ...{ name: "us.png", mimeType: "image/png", buffer },
  });
  await panel.locator(".avatar img").waitFor();
  await panel.getByLabel("Name of the group").fill("Faces");
  await panel.getByLabel("Who is in it").fill("noa");
  expect(await violations(page)).toEqual([]);
  await page.route("**/v1/files**", (route) => route.abort());
  await panel.getByRole("button", { name: "Make the group" }).click();
  await panel.getByRole("alert").getByText("This picture could not be taken.").waitFor();
  await page.unroute("**/v1/files**");
  await panel.getByRole("button", { name: "Make the group" }).click();
  await mia.composer.waitFor();
  for (const window of [mia, noa]) {
    await window.page.getByRole("link", { name: /Faces/ }).locator(".avatar img").waitFor();
  }
});

/** Names of what this browser keeps: databases, and keys with what is there. */
function keptIn({ page }: ChatWindow): Promise<string[]> {
  return page.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name = "" }) => name);
    return [...names, ...Object.entries(localStorage).map((entry) => entry.join(" "))];
  });
}

/** One that this browser has drawn. */
async function anyPicture({ page }: ChatWindow): Promise<Buffer> {
  const bytes = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(64, 48);
    canvas.getContext("2d")?.fillRect(8, 8, 20, 20);
    return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())];
  });
  return Buffer.from(bytes);
}
