/** What becomes of the windows of a user whose account is deleted, and of what their browsers keep. */
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { violations } from "./axe.ts";
import { ChatWindow, openStage, type Stage } from "./page.ts";

const WAIT_MS = 30_000;

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => expect(stage.problems).toEqual([]));
afterAll(() => stage?.close());

/** Types the name, as the panel wants it. */
async function deleteAccount({ page }: ChatWindow, user: string): Promise<void> {
  await page.goto(`/?as=${user}&panel=settings`);
  await page.getByText("Delete the account").click();
  await page.getByLabel(`To delete it, type ${user}`).fill(user);
  await page.getByRole("button", { name: "Delete for good" }).click();
}

function tellsOf(page: Page, user: string): Promise<void> {
  return page.getByRole("heading", { name: `The account ${user} was deleted` }).waitFor();
}

/** Databases and stored texts of this browser that have to do with `user`. */
function keptOf(context: BrowserContext, user: string): Promise<readonly string[]> {
  const [page] = context.pages();
  if (page === undefined) throw new Error("the browser has no window");
  return page.evaluate(async (name) => {
    const databases = (await indexedDB.databases()).map((one) => one.name ?? "");
    const texts = Object.entries(localStorage).map((pair) => pair.join(" "));
    return [...databases, ...texts].filter((one) => new RegExp(`\\b${name}\\b`).test(one));
  }, user);
}

test("every window of a deleted account ends, says what happened and keeps nothing", async () => {
  const context = await stage.context();
  // The first one has the socket; the one that deletes has not, and a further device has its own.
  const leader = await ChatWindow.open(context, "ada", "ben");
  await leader.send("farewell");
  await leader.reaches("farewell", ["Sent"]);
  const second = await context.newPage();
  await second.goto("/?as=ada&device=2&c=direct:ada,ben");
  await second.getByText("farewell").first().waitFor();
  const elsewhere = await ChatWindow.open(await stage.context(), "ada", "ben");
  await elsewhere.shows(["farewell"]);
  const follower = await ChatWindow.open(context, "ada", "ben");
  await follower.shows(["farewell"]);
  const deleter = await ChatWindow.open(context, "ada");
  await deleteAccount(deleter, "ada");
  for (const { page } of [deleter, leader, follower, elsewhere]) await tellsOf(page, "ada");
  await tellsOf(second, "ada");
  for (const page of [deleter.page, leader.page, elsewhere.page]) {
    await page.getByText("removed from this browser.").waitFor();
    expect(await page.getByText("farewell").count()).toBe(0);
  }
  await expect.poll(() => keptOf(context, "ada"), { timeout: WAIT_MS }).toEqual([]);
  const away = elsewhere.page.context();
  await expect.poll(() => keptOf(away, "ada"), { timeout: WAIT_MS }).toEqual([]);
  expect(await violations(follower.page)).toEqual([]);
  await follower.page.getByRole("link", { name: "Sign in" }).click();
  await follower.page.getByRole("button", { name: "Sign in" }).waitFor();
});

test("who comes back to a deleted account's address is told, and what was left is removed", async () => {
  const context = await stage.context();
  const cat = await ChatWindow.open(context, "cat", "ben");
  await cat.send("a word");
  await cat.reaches("a word", ["Sent"]);
  await cat.page.goto("about:blank");
  const deleter = await ChatWindow.open(await stage.context(), "cat");
  await deleteAccount(deleter, "cat");
  await tellsOf(deleter.page, "cat");
  await cat.page.goBack();
  await tellsOf(cat.page, "cat");
  await cat.page.getByText("removed from this browser.").waitFor();
  expect(await keptOf(context, "cat")).toEqual([]);
  // Without the token of this window it is asked for anew, and refused.
  await cat.page.evaluate(() => sessionStorage.clear());
  await cat.page.goto("/?as=cat");
  await tellsOf(cat.page, "cat");
});

test("what another window holds fast is told until it lets go", async () => {
  const context = await stage.context();
  const dan = await ChatWindow.open(context, "dan", "ben");
  const holder = await context.newPage();
  await holder.goto("/icon.svg");
  // An older build, or a window that the browser has frozen, does not hear that it should close.
  await holder.evaluate(async () => {
    const known = (await indexedDB.databases()).map(({ name }) => name);
    const name = known.find((one) => one?.endsWith(":dan"));
    if (name === undefined) throw new Error("no database of dan");
    const request = indexedDB.open(name);
    await new Promise((resolve) => request.addEventListener("success", resolve));
    Object.assign(window, { held: request.result });
  });
  await deleteAccount(dan, "dan");
  await tellsOf(dan.page, "dan");
  await dan.page.getByText("Another window still holds its messages").waitFor();
  expect(await violations(dan.page)).toEqual([]);
  await holder.close();
  await dan.page.getByText("removed from this browser.").waitFor();
  expect(await keptOf(context, "dan")).toEqual([]);
});

test("a browser that fails to remove messages says so, and is asked again", async () => {
  const context = await stage.context();
  const eve = await ChatWindow.open(context, "eve", "ben");
  await eve.page.addInitScript(() => {
    let refusals = 1;
    const remove = IDBFactory.prototype.deleteDatabase;
    IDBFactory.prototype.deleteDatabase = function (name) {
      if (refusals === 0) return remove.call(this, name);
      refusals -= 1;
      throw new DOMException("no", "UnknownError");
    };
  });
  await deleteAccount(eve, "eve");
  await tellsOf(eve.page, "eve");
  await eve.page.getByText("could not be removed from this browser").waitFor();
  expect(await violations(eve.page)).toEqual([]);
  await eve.page.getByRole("button", { name: "Try again" }).click();
  await eve.page.getByText("removed from this browser.").waitFor();
  expect(await keptOf(context, "eve")).toEqual([]);
});
