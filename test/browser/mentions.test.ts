/** Who is meant in a group, and who of it has a message. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { violations } from "./axe.ts";
import { ChatWindow, openStage, type Stage } from "./page.ts";

const PATIENCE = { timeout: 20_000, interval: 1_500 };

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => expect(stage.problems).toEqual([]));
afterAll(() => stage?.close());

const open = async (user: string) => ChatWindow.open(await stage.context(), user);

test("an @ opens the list of members, which the keyboard goes through; a mention is marked", async () => {
  const alice = await open("alice");
  const bob = await open("bob");
  const carol = await open("carol");
  await alice.makeGroup("Ferry trip", "bob, carol");
  const list = alice.page.getByRole("listbox", { name: "Who is meant" });
  const chosen = () => list.getByRole("option", { selected: true }).textContent();
  await alice.composer.pressSequentially("hello @");
  await list.getByRole("option").nth(2).waitFor();
  expect(await violations(alice.page)).toEqual([]);
  expect(await chosen()).toContain("everyone");
  await alice.composer.press("ArrowUp");
  await expect.poll(chosen).toContain("carol");
  await alice.composer.press("ArrowDown");
  await alice.composer.press("ArrowDown");
  await expect.poll(chosen).toContain("bob");
  await alice.composer.press("Enter");
  await expect.poll(() => alice.composer.inputValue()).toBe("hello @bob ");
  await list.waitFor({ state: "detached" });
  await alice.composer.pressSequentially("and not @ca");
  await expect.poll(chosen).toContain("carol");
  await alice.composer.press("Escape");
  await list.waitFor({ state: "detached" });
  await alice.composer.press("Enter");
  await alice.shows(["hello @bob and not @ca"]);

  await bob.page.getByRole("link", { name: /Ferry trip.*You are mentioned/ }).click();
  await expect.poll(() => bob.page.locator(".mention[data-own=true]").textContent()).toBe("@bob");
  await carol.page.getByRole("link", { name: /Ferry trip.*1 unread/ }).waitFor();
  expect(await carol.page.getByText("You are mentioned").count()).toBe(0);
});

test("everyone is meant by who manages the group, and by nobody else", async () => {
  const dave = await open("dave");
  const erin = await open("erin");
  await dave.makeGroup("Choir", "erin");
  await dave.send("@everyone at eight");
  await erin.page.getByRole("link", { name: /Choir.*You are mentioned/ }).click();
  await erin.page.locator(".mention[data-own=true]", { hasText: "@everyone" }).waitFor();
  await erin.composer.pressSequentially("@");
  const list = erin.page.getByRole("listbox", { name: "Who is meant" });
  await list.getByRole("option", { name: "dave" }).click();
  expect(await list.getByText("everyone").count()).toBe(0);
  await expect.poll(() => erin.composer.inputValue()).toBe("@dave ");
  await erin.composer.fill("not @everyone, though");
  await erin.composer.press("Enter");
  await dave.message("not @everyone").waitFor();
  expect(await dave.message("not @everyone").locator(".mention").count()).toBe(0);
});

test("who is meant does not hang on the list's coming", async () => {
  const context = await stage.context({ serviceWorkers: "block" });
  await context.route("**/mention-list-*", (route) => route.abort());
  const ivan = await ChatWindow.open(context, "ivan");
  const judy = await open("judy");
  await ivan.makeGroup("Band", "judy");
  await ivan.send("@everyone to the bus");
  await judy.page.getByRole("link", { name: /Band.*You are mentioned/ }).waitFor();
});

test("a draft that ends in @ opens no list before somebody types", async () => {
  const kate = await open("kate");
  await kate.makeGroup("Chess", "liam");
  const list = kate.page.getByRole("listbox", { name: "Who is meant" });
  await kate.composer.pressSequentially("white is @");
  await list.waitFor();
  await kate.talkTo("liam");
  await kate.openGroup("Chess");
  await expect.poll(() => kate.composer.inputValue()).toBe("white is @");
  // The list would be there with what is known of the members; who asks for them again is told.
  await kate.composer.focus();
  await kate.composer.press("End");
  expect(await list.count()).toBe(0);
  await kate.composer.pressSequentially("l");
  await list.getByRole("option", { name: "liam" }).waitFor();
});

test("in a group nothing is delivered to all while one of them has never been there", async () => {
  const mona = await open("mona");
  const nils = await open("nils");
  await mona.makeGroup("Sailing", "nils, olaf");
  await mona.send("who sails?");
  await nils.openGroup("Sailing");
  await nils.message("who sails?").waitFor();
  // Who has what is told with what goes to its author anyway.
  const told = async (text: string, by: ChatWindow) => {
    await by.send("aye");
    return mona.state(text);
  };
  await expect.poll(() => told("who sails?", nils), PATIENCE).toMatch(/^(Del|R).* 1 of 2$/);

  // Pia has what is said from now on; that tells nothing of what was said before her.
  const pia = await open("pia");
  await mona.page.getByRole("button", { name: "Group", exact: true }).click();
  const panel = mona.page.getByRole("complementary", { name: "Group" });
  await panel.getByRole("textbox", { name: "Add people" }).fill("pia");
  await panel.getByRole("button", { name: "Add", exact: true }).click();
  await panel.locator("[data-member=pia]").waitFor();
  await mona.send("we start at six");
  await pia.openGroup("Sailing");
  await expect.poll(() => told("we start at six", pia), PATIENCE).toMatch(/ 2 of 3$/);
  expect(await mona.state("who sails?")).toMatch(/ 1 of 2$/);
  expect(await mona.message("who sails?").getAttribute("data-state")).toBe("accepted");
});

test("message info of a group tells who has it and who has read it", async () => {
  const fred = await open("fred");
  const gina = await open("gina");
  await fred.makeGroup("Rowing", "gina, hugo");
  await fred.send("who rows?");
  await gina.openGroup("Rowing");
  await gina.message("who rows?").waitFor();
  await fred.act("who rows?", "Message info");
  const receipts = fred.page.getByRole("region", { name: "Who has it" });
  await receipts.getByText("Delivered to 1 of 2").waitFor();
  await gina.page.bringToFront();
  await receipts.getByText("Read by 1 of 2").waitFor();
  await receipts.locator("[data-member=gina]").getByText("Read").waitFor();
  await receipts.locator("[data-member=hugo]").getByText("Sent").waitFor();
  expect(await violations(fred.page)).toEqual([]);
});
