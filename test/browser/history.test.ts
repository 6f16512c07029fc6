import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { directConversation, HoldfastClient, memoryStore } from "../../client/index.ts";
import { signIn } from "../support/accounts.ts";
import { ChatWindow, openStage, type Stage } from "./page.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => expect(stage.problems).toEqual([]));
afterAll(() => stage?.close());

/** Messages of every length, as people write them. */
function textOf(n: number): string {
  return `message ${n} ${"and some more words ".repeat((n * 7) % 13)}`.trim();
}

/** Sends with the SDK, so that there is something to scroll in. */
async function fill(user: string, peer: string, from: number, to: number): Promise<void> {
  const { url } = stage.server;
  const client = new HoldfastClient({
    url,
    user,
    token: () => signIn(url, user),
    store: memoryStore(),
  });
  await client.connect();
  const handles = [];
  for (let n = from; n <= to; n += 1) {
    handles.push(client.send(directConversation(user, peer), textOf(n)));
  }
  await Promise.all(handles.map(({ accepted }) => accepted));
  await client.close();
}

/** Where a message stands in the window, in px. */
async function topOf(window: ChatWindow, text: string): Promise<number> {
  const box = await window.message(text).first().boundingBox();
  return box?.y ?? Number.NaN;
}

async function wheel(window: ChatWindow, px: number): Promise<void> {
  await window.page.getByRole("log", { name: /^Messages with/ }).hover();
  await window.page.mouse.wheel(0, px);
}

test("opens at the end, fetches older pages up to the beginning, and keeps what is read in place", async () => {
  await fill("alice", "bob", 1, 300);
  const bob = await ChatWindow.open(await stage.context(), "bob");
  await bob.page.getByRole("link", { name: /alice/ }).click();
  await bob.message("message 300").waitFor();

  const start = bob.page.getByText("The beginning of this conversation");
  await expect
    .poll(() => wheel(bob, -4_000).then(() => start.isVisible()), { timeout: 60_000 })
    .toBe(true);
  await bob.message(textOf(1)).waitFor();

  await wheel(bob, 900);
  await expect.poll(() => start.isVisible()).toBe(false);
  const inView = await bob.page.evaluate(() => {
    const rows = [...document.querySelectorAll("article")];
    const middle = rows.find((row) => row.getBoundingClientRect().top > innerHeight / 3);
    return middle?.getAttribute("aria-label")?.replace(/^.*?: /, "") ?? "";
  });
  const before = await topOf(bob, inView);
  await fill("alice", "bob", 301, 310);
  await bob.page.getByRole("button", { name: /10 new messages/ }).waitFor();
  expect(Math.abs((await topOf(bob, inView)) - before)).toBeLessThanOrEqual(1);

  await bob.page.getByRole("button", { name: /10 new messages/ }).click();
  await bob.message("message 310").waitFor();
  await bob.page.getByRole("button", { name: /new/i }).waitFor({ state: "detached" });
});

test("a line above what is new, which stays while it is read", async () => {
  await fill("carol", "dave", 1, 40);
  const context = await stage.context();
  const dave = await ChatWindow.open(context, "dave");
  const row = dave.page.getByRole("link", { name: /carol/ });
  await row.click();
  await dave.message(textOf(1)).waitFor();
  // Reads to the end.
  await expect
    .poll(() => wheel(dave, 3_000).then(() => dave.message("message 40").isVisible()))
    .toBe(true);
  await expect.poll(() => dave.page.title(), { timeout: 30_000 }).not.toContain("(");
  await dave.page.goto("/?as=dave");
  await fill("carol", "dave", 41, 43);
  await row.getByText("3 unread").waitFor();
  await row.click();
  await dave.page.getByText("New", { exact: true }).waitFor();
  await dave.message("message 43").waitFor();
  await expect.poll(() => dave.page.title(), { timeout: 30_000 }).not.toContain("(");
  expect(await dave.page.getByText("New", { exact: true }).isVisible()).toBe(true);
});

test("only what is in view is in the document", async () => {
  await fill("erin", "frank", 1, 200);
  const frank = await ChatWindow.open(await stage.context(), "frank");
  await frank.page.getByRole("link", { name: /erin/ }).click();
  await frank.message("message 200").waitFor();
  expect(await frank.page.getByRole("article").count()).toBeLessThan(50);
});

/** The first message that is whole in view, and where it stands. */
async function topmost(window: ChatWindow): Promise<{ text: string; top: number }> {
  const text = await window.page.evaluate(() => {
    const edge = document.querySelector(".scroller")?.getBoundingClientRect().top ?? 0;
    const rows = [...document.querySelectorAll("article")];
    const topOfRow = (row: Element) => row.getBoundingClientRect().top;
    const inView = rows.filter((row) => topOfRow(row) >= edge);
    const [first] = inView.sort((a, b) => topOfRow(a) - topOfRow(b));
    return first?.getAttribute("aria-label")?.replace(/^.*?: /, "") ?? "";
  });
  return { text, top: await topOf(window, text) };
}

test("what is read stays where it is, whatever is edited, taken back or reacted to above it", async () => {
  await fill("gina", "hugo", 1, 60);
  const hugo = await ChatWindow.open(await stage.context(), "hugo");
  await hugo.page.getByRole("link", { name: /gina/ }).click();
  await hugo.page.getByRole("article").first().waitFor();
  await expect
    .poll(() => wheel(hugo, 4_000).then(() => hugo.message("message 60").isVisible()))
    .toBe(true);
  await wheel(hugo, -1_500);
  await expect.poll(() => hugo.message("message 60").isVisible()).toBe(false);
  const { url } = stage.server;
  const gina = new HoldfastClient({
    url,
    user: "gina",
    token: () => signIn(url, "gina"),
    store: memoryStore(),
  });
  await gina.connect();
  const conversation = directConversation("gina", "hugo");
  const { text, top } = await topmost(hugo);
  const number = Number(/\d+/.exec(text)?.[0]);
  const changes = [
    () => gina.edit(conversation, number - 1, `edited ${"to be much longer ".repeat(20)}`),
    () => gina.recall(conversation, number - 2),
    () => gina.react(conversation, number - 3, "❤️"),
  ];
  for (const change of changes) {
    await change().accepted;
    const last = gina.send(conversation, `after ${change}`.slice(0, 40));
    await last.delivered;
    expect(Math.abs((await topOf(hugo, text)) - top)).toBeLessThanOrEqual(1);
  }
  expect(await hugo.message("edited to be").count()).toBe(1);
  await gina.close();
});
