import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { ChatWindow, openStage, type Stage } from "./page.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => expect(stage.problems).toEqual([]));
afterAll(() => stage?.close());

test("two windows as two users, and a third as a second device that shows everything", async () => {
  const alice = await ChatWindow.open(await stage.context(), "alice", "bob");
  const bob = await ChatWindow.open(await stage.context(), "bob", "alice");
  await alice.send("Is the ferry at nine?");
  await bob.message("Is the ferry at nine?").waitFor();
  await bob.send("At ten.");
  await alice.message("At ten.").waitFor();
  await alice.reaches("Is the ferry at nine?", ["Delivered", "Read"]);
  await bob.reaches("At ten.", ["Delivered", "Read"]);

  const second = await ChatWindow.open(await stage.context(), "alice", "bob");
  await second.shows(["Is the ferry at nine?", "At ten."]);
  await second.reaches("Is the ferry at nine?", ["Delivered", "Read"]);
  await second.send("From my other device.");
  await alice.shows(["Is the ferry at nine?", "At ten.", "From my other device."]);
  await alice.reaches("From my other device.", ["Delivered", "Read"]);
  await bob.shows(["Is the ferry at nine?", "At ten.", "From my other device."]);
});

test("a second window of the same browser shares the device; ?device= is a further one", async () => {
  const context = await stage.context();
  const first = await ChatWindow.open(context, "carol", "dave");
  await first.status("Online");
  const tab = await ChatWindow.open(context, "carol", "dave");
  await tab.status("Online");
  await tab.send("from the other tab");
  await first.message("from the other tab").waitFor();

  const page = await context.newPage();
  await page.goto("/?as=carol&device=2&c=direct:carol,dave&panel=devices");
  const further = new ChatWindow(page);
  await further.shows(["from the other tab"]);
  // The drawer asks every few seconds; three windows are two devices.
  await expect.poll(() => page.locator("[data-device]").count(), { timeout: 30_000 }).toBe(2);
  await expect.poll(() => page.getByText("this device").count()).toBe(1);
});

test("edit, recall, reaction and reply reach the other side; a quote of a recalled one is empty", async () => {
  const erin = await ChatWindow.open(await stage.context(), "erin", "frank");
  const frank = await ChatWindow.open(await stage.context(), "frank", "erin");
  await erin.send("See you at the peir");
  await frank.message("See you at the peir").waitFor();

  const act = async (window: ChatWindow, text: string, name: string) => {
    await window.message(text).hover();
    await window.message(text).getByRole("button", { name: "Actions" }).click();
    await window.page
      .getByRole(/React/.test(name) ? "menuitemcheckbox" : "menuitem", { name })
      .click();
  };
  await erin.reaches("See you at the peir", ["Sent", "Delivered", "Read"]);
  await act(erin, "See you at the peir", "Edit");
  await erin.send("See you at the pier");
  await frank.message("See you at the pier").filter({ hasText: "edited" }).waitFor();

  await act(frank, "See you at the pier", "React with 🎉");
  await erin.page.getByRole("button", { name: "🎉 by frank" }).waitFor();

  await act(frank, "See you at the pier", "Reply");
  await frank.send("Which one?");
  await erin.message("Which one?").getByRole("button", { name: "See you at the pier" }).waitFor();

  await act(erin, "See you at the pier", "Take back");
  await frank.message("erin took this message back.").waitFor();
  await erin.message("You took this message back.").waitFor();
  await frank.message("Which one?").getByText("The quoted message was taken back.").waitFor();
  await frank.shows(["Which one?"]);
});

test("read only after a look of a second in a window in use", async () => {
  const grace = await ChatWindow.open(await stage.context(), "grace", "heidi");
  const heidi = await ChatWindow.open(await stage.context(), "heidi");
  await grace.send("unread at first");
  const row = heidi.page.getByRole("link", { name: /grace/ });
  await row.getByText("1 unread").waitFor();
  expect(await grace.state("unread at first")).not.toBe("Read");
  await expect.poll(() => heidi.page.title()).toBe("(1) heidi · Holdfast");

  await row.click();
  await grace.reaches("unread at first", ["Read"]);
  await expect.poll(() => heidi.page.title()).toBe("heidi · Holdfast");
});

test("message info tells the way to each device", async () => {
  const ivan = await ChatWindow.open(await stage.context(), "ivan", "judy");
  await ChatWindow.open(await stage.context(), "judy", "ivan");
  await ivan.send("follow me");
  await ivan.reaches("follow me", ["Delivered", "Read"]);
  await ivan.message("follow me").focus();
  await ivan.page.keyboard.press("Enter");
  await ivan.page.getByRole("menuitem", { name: "Message info" }).click();
  const drawer = ivan.page.getByRole("complementary", { name: "Message info" });
  await drawer.getByRole("heading", { name: "judy" }).waitFor();
  await expect.poll(() => drawer.getByText("Stored by the device").count()).toBeGreaterThan(0);
});

test("back leaves the drawer, then the conversation", async () => {
  const { page, talkTo } = await ChatWindow.open(await stage.context(), "kim").then((window) => ({
    page: window.page,
    talkTo: () => window.talkTo("lea"),
  }));
  await talkTo();
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await page.getByRole("complementary", { name: "Settings" }).waitFor();
  await page.goBack();
  await page.getByRole("complementary").waitFor({ state: "detached" });
  await page.goBack();
  await page.getByText("Pick a conversation").waitFor();
  await page.goForward();
  await page.getByRole("heading", { name: "lea" }).waitFor();
});

test("the start page leads to two people side by side, each with a client of its own", async () => {
  const context = await stage.context({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto("/");
  await page.getByRole("link", { name: "Try it: alice and bob side by side" }).click();
  const alice = page.frameLocator("iframe[title=alice]");
  const bob = page.frameLocator("iframe[title=bob]");
  await alice.getByRole("region", { name: "Reliability lab" }).waitFor();
  await alice.getByRole("textbox", { name: "Message to bob" }).fill("side by side");
  await alice.getByRole("textbox", { name: "Message to bob" }).press("Enter");
  await bob.getByRole("article", { name: "side by side" }).waitFor();
  await alice.getByRole("article", { name: "side by side" }).getByTitle("Delivered").waitFor();
});

test("a removed device is told so, and gets nothing any more", async () => {
  const context = await stage.context();
  const mia = await ChatWindow.open(context, "mia", "nora");
  const other = await ChatWindow.open(await stage.context(), "mia", "nora");
  await other.status("Online");
  await mia.page.getByRole("button", { name: "Menu" }).click();
  await mia.page.getByRole("menuitem", { name: "Devices" }).click();
  const rows = mia.page.locator("[data-device]");
  await expect.poll(() => rows.count(), { timeout: 30_000 }).toBe(2);
  const lost = rows.filter({ hasNotText: "this device" });
  await lost.getByRole("button", { name: "Remove" }).click();
  await lost.getByRole("button", { name: "Really remove?" }).click();
  await other.status("This device was removed");
  await expect.poll(() => rows.count()).toBe(1);
  await mia.send("only here");
  await mia.reaches("only here", ["Sent"]);
  expect(await other.texts()).toEqual([]);
});

test("a forward is a message of its own and says what it is", async () => {
  const olga = await ChatWindow.open(await stage.context(), "olga", "pia");
  await olga.send("pass it on");
  await olga.reaches("pass it on", ["Sent", "Delivered"]);
  await olga.talkTo("quinn");
  await olga.send("for you");
  await olga.talkTo("pia");
  await olga.message("pass it on").focus();
  await olga.page.keyboard.press("Enter");
  await olga.page.getByRole("menuitem", { name: "Forward" }).click();
  await olga.page.getByRole("dialog").getByRole("button", { name: "quinn" }).click();
  await olga.page.getByRole("heading", { name: "quinn" }).waitFor();
  await olga.shows(["for you", "pass it on"]);
  await olga.message("pass it on").getByText("Forwarded").waitFor();
});

test("another language at once, and after a reload", async () => {
  const context = await stage.context();
  const { page } = await ChatWindow.open(context, "rosa");
  await page.goto("/?as=rosa&panel=settings");
  await page.getByRole("combobox", { name: "Language" }).selectOption("ar");
  await page.getByRole("heading", { name: "الإعدادات" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "الإعدادات" }).waitFor();
  expect(await page.evaluate(() => [document.dir, document.documentElement.lang])).toEqual([
    "rtl",
    "ar",
  ]);
});
