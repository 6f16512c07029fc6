import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { violations } from "./axe.ts";
import { ChatWindow, openStage, type Stage } from "./page.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => expect(stage.problems).toEqual([]));
afterAll(() => stage?.close());

function news(page: Page): Promise<string[]> {
  return page.locator(".news").allTextContents();
}

async function openPanel({ page }: ChatWindow) {
  const button = page.getByRole("button", { name: "Group", exact: true });
  if ((await button.getAttribute("aria-pressed")) !== "true") await button.click();
  const panel = page.getByRole("complementary", { name: "Group" });
  await panel.waitFor();
  return panel;
}

test("a group is made, written in by all, and says how many have what was said", async () => {
  const alice = await ChatWindow.open(await stage.context(), "alice");
  const bob = await ChatWindow.open(await stage.context(), "bob");
  const carol = await ChatWindow.open(await stage.context(), "carol");
  await alice.makeGroup("Ferry trip", "bob, carol");
  await alice.send("who brings the map?");
  for (const window of [bob, carol]) {
    await window.openGroup("Ferry trip");
    await window.message("who brings the map?").waitFor();
  }
  await bob.send("I do");
  await carol.message("I do").waitFor();
  await carol.message("I do").getByText("bob", { exact: true }).waitFor();
  await alice.shows(["who brings the map?", "I do"]);
  await bob.page.bringToFront();
  await carol.page.bringToFront();
  await alice.reaches("who brings the map?", ["Delivered", "Read by 1 of 2", "Read"]);
  expect(await news(alice.page)).toEqual(["You made the group “Ferry trip”."]);
  expect(await violations(alice.page)).toEqual([]);
});

test("a group is made without a network, and what was written there goes after it", async () => {
  const context = await stage.context();
  const dave = await ChatWindow.open(context, "dave");
  await dave.status("Online");
  await dave.kept();
  await context.setOffline(true);
  await dave.status("Offline");
  await dave.makeGroup("Made in a tunnel", "erin");
  await dave.send("hello out there");
  await dave.reaches("hello out there", ["Waiting"]);
  await context.setOffline(false);
  const erin = await ChatWindow.open(await stage.context(), "erin");
  await erin.openGroup("Made in a tunnel");
  await erin.message("hello out there").waitFor();
});

test("roles, silence of the many, people who come and go", async () => {
  const fred = await ChatWindow.open(await stage.context(), "fred");
  const gina = await ChatWindow.open(await stage.context(), "gina");
  await fred.makeGroup("Choir", "gina");
  await gina.openGroup("Choir");
  await gina.composer.waitFor();
  const panel = await openPanel(fred);
  await panel.getByText("2 members").waitFor();
  expect(await violations(fred.page)).toEqual([]);
  const overflow = () => {
    const body = document.querySelector(".drawer-body");
    return body === null ? 0 : body.scrollWidth - body.clientWidth;
  };
  expect(await fred.page.evaluate(overflow), "the drawer scrolls sideways").toBeLessThanOrEqual(0);

  await panel.getByLabel("Who may write").selectOption("admins");
  await gina.page.getByText("Only admins may write here.").waitFor();
  await panel.getByLabel("Role of gina").selectOption("admin");
  await gina.composer.waitFor();

  await panel.getByLabel("Name of the group").fill("Big choir");
  await panel.getByRole("button", { name: "Save" }).click();
  await gina.page.getByRole("heading", { name: "Big choir" }).waitFor();

  await panel.getByPlaceholder("Add people").fill("hugo");
  await panel.getByRole("button", { name: "Add", exact: true }).click();
  await panel.getByText("3 members").waitFor();
  const hugo = await ChatWindow.open(await stage.context(), "hugo");
  await hugo.openGroup("Big choir");

  await panel.locator("[data-member=hugo]").getByRole("button", { name: "Remove" }).click();
  await panel.getByRole("button", { name: "Remove hugo?" }).click();
  await hugo.page.getByText("You were removed from this group.").waitFor();
  await panel.getByText("2 members").waitFor();

  const own = await openPanel(gina);
  await own.getByRole("button", { name: "Leave the group" }).click();
  await own.getByRole("button", { name: "Leave now?" }).click();
  await own.getByText("You left this group.").waitFor();
  await expect.poll(() => news(fred.page)).toContain("gina left.");
});

test("an invitation opens the group to whoever has its address, until it is ended", async () => {
  const ida = await ChatWindow.open(await stage.context(), "ida");
  await ida.makeGroup("Open house", "");
  await ida.send("come in");
  const panel = await openPanel(ida);
  await panel.getByRole("button", { name: "New invite link" }).click();
  const address = await panel.getByLabel("Invite link", { exact: true }).inputValue();

  // Nobody has signed in there yet: the invitation outlives the sign-in.
  const guest = await (await stage.context()).newPage();
  await guest.goto(address);
  await guest.getByLabel("Another name").fill("jan");
  await guest.getByRole("button", { name: "Sign in" }).click();
  await guest.getByText("You were invited to this group.").waitFor();
  await guest.getByRole("button", { name: "Join" }).click();
  const jan = new ChatWindow(guest);
  await jan.composer.waitFor();
  await jan.send("thank you");
  await ida.message("thank you").waitFor();
  await expect.poll(() => news(ida.page)).toContain("jan joined by a link.");

  await panel.getByRole("button", { name: "End this link" }).click();
  await panel.getByLabel("Invite link", { exact: true }).waitFor({ state: "detached" });
  const late = await (await stage.context()).newPage();
  await late.goto(address.replace("?", "?as=kim&"));
  await late.getByRole("button", { name: "Join" }).click();
  await late.getByText("there is nobody of this name").waitFor();
});
