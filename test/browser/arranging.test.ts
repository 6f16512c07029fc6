import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { ChatWindow, openStage, type Stage } from "./page.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => expect(stage.problems).toEqual([]));
afterAll(() => stage?.close());

/** Names in the rail, from the top. */
function names({ page }: ChatWindow): Promise<string[]> {
  return page.locator(".conversation .name").allTextContents();
}

async function choose({ page }: ChatWindow, name: string, action: string): Promise<void> {
  const row = page.getByRole("listitem").filter({ has: page.getByText(name, { exact: true }) });
  await row.hover();
  await row.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: action, exact: true }).click();
}

test("pinned, muted, archived, marked unread: at once here, and on the other device", async () => {
  const alice = await ChatWindow.open(await stage.context(), "alice");
  for (const peer of ["bob", "carol", "dave"]) {
    await alice.talkTo(peer);
    await alice.send(`hello ${peer}`);
    await alice.reaches(`hello ${peer}`, ["Sent", "Delivered"]);
  }
  const phone = await ChatWindow.open(await stage.context(), "alice");
  await expect.poll(() => names(phone)).toEqual(["dave", "carol", "bob"]);

  await choose(alice, "bob", "Pin");
  await expect.poll(() => names(alice)).toEqual(["bob", "dave", "carol"]);
  await choose(alice, "dave", "Archive");
  await choose(alice, "carol", "Mute");
  await choose(alice, "carol", "Mark as unread");
  for (const window of [alice, phone]) {
    await expect.poll(() => names(window)).toEqual(["bob", "carol"]);
    const row = window.page.getByRole("link", { name: /carol/ });
    await row.getByText("Muted").waitFor();
    await row.getByText("Marked unread").waitFor();
    await window.page.getByRole("link", { name: /bob/ }).getByText("Pinned").waitFor();
  }

  await phone.page.getByRole("link", { name: "Archived", exact: true }).click();
  await expect.poll(() => names(phone)).toEqual(["dave"]);
  await phone.page.reload();
  await expect.poll(() => names(phone)).toEqual(["dave"]);
  await choose(phone, "dave", "Take out of the archive");
  await phone.page.getByText("Nothing here.").waitFor();
  await expect.poll(() => names(alice)).toEqual(["bob", "dave", "carol"]);
});

test("folders are made, filled, listed and taken away, without a network too", async () => {
  const context = await stage.context();
  const erin = await ChatWindow.open(context, "erin");
  for (const peer of ["frank", "gina"]) {
    await erin.talkTo(peer);
    await erin.send(`hello ${peer}`);
    await erin.reaches(`hello ${peer}`, ["Sent", "Delivered"]);
  }
  await erin.kept();
  await context.setOffline(true);
  await choose(erin, "frank", "Folders");
  const dialog = erin.page.getByRole("dialog", { name: "Folders" });
  await dialog.getByRole("textbox", { name: "New folder" }).fill("Work");
  await dialog.getByRole("button", { name: "Add" }).click();
  await expect.poll(() => dialog.getByRole("checkbox", { name: "Work" }).isChecked()).toBe(true);
  await dialog.getByRole("button", { name: "Close" }).click();
  await erin.page.getByRole("link", { name: "Work", exact: true }).click();
  await expect.poll(() => names(erin)).toEqual(["frank"]);
  await context.setOffline(false);

  const phone = await ChatWindow.open(await stage.context(), "erin");
  await phone.page.getByRole("link", { name: "Work", exact: true }).click();
  await expect.poll(() => names(phone)).toEqual(["frank"]);
  await choose(phone, "frank", "Folders");
  await phone.page.getByRole("button", { name: "Remove the folder Work" }).click();
  await phone.page.keyboard.press("Escape");
  await expect.poll(() => names(phone)).toEqual(["gina", "frank"]);
  await erin.page.getByRole("link", { name: "Work", exact: true }).waitFor({ state: "detached" });
});

test("a draft is on all devices, the newest wins, and one that was sent does not come back", async () => {
  const laptop = await ChatWindow.open(await stage.context(), "hugo", "ida");
  const phone = await ChatWindow.open(await stage.context(), "hugo", "ida");
  await laptop.composer.fill("begun on the laptop");
  await expect.poll(() => phone.composer.inputValue()).toBe("begun on the laptop");
  await phone.composer.fill("begun on the laptop, ended on the phone");
  await expect
    .poll(() => laptop.composer.inputValue())
    .toBe("begun on the laptop, ended on the phone");
  await phone.composer.press("Enter");
  await laptop.message("ended on the phone").waitFor();
  await expect.poll(() => laptop.composer.inputValue()).toBe("");
  await laptop.page.reload();
  await laptop.message("ended on the phone").waitFor();
  expect(await laptop.composer.inputValue()).toBe("");

  await laptop.composer.fill("half a th");
  await laptop.page.reload();
  await laptop.composer.waitFor();
  await expect.poll(() => laptop.composer.inputValue()).toBe("half a th");
  await laptop.page.goto("/?as=hugo");
  await laptop.page.getByText("half a th").waitFor();
});
