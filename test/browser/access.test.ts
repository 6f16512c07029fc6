import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { violations } from "./axe.ts";
import { ChatWindow, openStage, type Stage } from "./page.ts";

let stage: Stage;
/** One with what only groups have, and a message of it. */
let group = "";
let message = "";

beforeAll(async () => {
  stage = await openStage();
  const alice = await ChatWindow.open(await stage.context(), "alice", "bob");
  const bob = await ChatWindow.open(await stage.context(), "bob", "alice");
  await alice.send("Is the ferry at nine? https://example.com/ferry");
  await bob.message("Is the ferry").waitFor();
  await bob.message("Is the ferry").hover();
  await bob.message("Is the ferry").getByRole("button", { name: "Actions" }).click();
  await bob.page.getByRole("menuitemcheckbox").first().click();
  await bob.send("At `ten`.");
  await alice.message("At `ten`.").waitFor();
  await alice.makeGroup("Ferry trip, with a name that is too long for it", "bob, carol");
  await alice.send("@bob brings the map");
  await alice
    .message("@bob brings the map")
    .getByTitle(/Sent|Delivered|Read/)
    .waitFor();
  group = new URL(alice.page.url()).searchParams.get("c") ?? "";
  await alice.act("@bob brings the map", "Message info");
  await alice.page.getByRole("complementary", { name: "Message info" }).waitFor();
  message = encodeURIComponent(new URL(alice.page.url()).searchParams.get("message") ?? "");
});
afterEach(() => expect(stage.problems).toEqual([]));
afterAll(() => stage?.close());

const chat = "c=direct:alice,bob";
const inGroup = () => `/?as=alice&c=${group}`;
type Screen = readonly [name: string, path: () => string, shown: string, typed?: string];
const SCREENS: readonly Screen[] = [
  ["sign-in", () => "/", "form"],
  ["list", () => "/?as=alice", ".conversation"],
  ["chat", () => `/?as=alice&${chat}`, "article"],
  ["lab", () => `/?as=alice&${chat}&lab=on`, ".lab"],
  ["devices", () => `/?as=alice&${chat}&panel=devices`, "[data-device]"],
  ["settings", () => `/?as=alice&${chat}&panel=settings`, "fieldset"],
  ["shortcuts", () => `/?as=alice&${chat}&panel=shortcuts`, "kbd"],
  ["profile", () => `/?as=alice&${chat}&panel=profile`, ".portrait"],
  ["person", () => `/?as=alice&${chat}&panel=person`, ".drawer select"],
  ["new group", () => `/?as=alice&${chat}&panel=newGroup`, ".drawer form"],
  ["group", () => `${inGroup()}&panel=group`, "[data-member]"],
  ["info of a group", () => `${inGroup()}&panel=info&message=${message}`, ".receipts"],
  ["mentions", inGroup, "[role=option]", "hello @"],
];
const LOOKS = [
  { colorScheme: "light", width: 1280, locale: "en-GB" },
  { colorScheme: "dark", width: 1280, locale: "ar" },
  { colorScheme: "light", width: 360, locale: "ar" },
  { colorScheme: "dark", width: 360, locale: "zh-CN" },
  { colorScheme: "light", width: 768, locale: "ja" },
  { colorScheme: "dark", width: 768, locale: "ar" },
] as const;

/** Parts of the frame that stand outside of the window, where nobody can scroll to. */
function cutParts(): string[] {
  const parts = document.querySelectorAll("header, textarea, aside, section");
  const isCut = (part: Element) => {
    const { left, right } = part.getBoundingClientRect();
    return left < 0 || right > innerWidth;
  };
  return [...parts].filter(isCut).map(({ tagName, className }) => `${tagName}.${className}`);
}

test.for(LOOKS)(
  "axe finds nothing in $colorScheme at $width px in $locale",
  async ({ width, ...look }) => {
    const context = await stage.context({ ...look, viewport: { width, height: 740 } });
    const page = await context.newPage();
    for (const [name, path, shown, typed] of SCREENS) {
      await page.goto(path());
      if (typed !== undefined) await page.locator("[data-composer]").pressSequentially(typed);
      await page.locator(shown).first().waitFor();
      expect(await violations(page), name).toEqual([]);
      const overflow = () => document.documentElement.scrollWidth - innerWidth;
      expect(await page.evaluate(overflow), `${name} scrolls sideways`).toBeLessThanOrEqual(0);
      expect(await page.evaluate(cutParts), `${name} is cut`).toEqual([]);
    }
    await context.close();
  },
);

test("by keyboard alone: sign in, write, reply, edit, react, take back, info, devices", async () => {
  const context = await stage.context();
  const page = await context.newPage();
  const { keyboard } = page;
  const focused = (name: string | RegExp) =>
    expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? ""))
      .toMatch(name);
  const lookFor = async (name: RegExp) => {
    for (let tabs = 0; tabs < 30; tabs += 1) {
      await keyboard.press("Tab");
      const text = await page.evaluate(() => document.activeElement?.textContent ?? "");
      if (name.test(text)) return;
    }
    throw new Error(`Tab does not lead to ${name}`);
  };

  await page.goto("/");
  await page.getByRole("link", { name: "Continue as alice" }).waitFor();
  await lookFor(/Continue as alice/);
  await keyboard.press("Enter");
  await page.getByRole("searchbox").waitFor();
  await keyboard.press("Control+k");
  await focused("Find or start");
  await keyboard.type("walter");
  await keyboard.press("Enter");
  await focused("Message to walter");
  await keyboard.type("First line");
  await keyboard.press("Shift+Enter");
  await keyboard.type("second line");
  await keyboard.press("Enter");
  const window = new ChatWindow(page);
  await window.reaches("First line second line", ["Sent", "Delivered"]);

  await keyboard.press("ArrowUp");
  await page.getByText("Edit your message").waitFor();
  await keyboard.press("Control+a");
  await keyboard.type("Only line");
  await keyboard.press("Enter");
  await window.message("Only line").getByText("edited").waitFor();

  await keyboard.press("Shift+Tab");
  await focused(/Only line/);
  await keyboard.press("r");
  await page.getByText("Reply to You").waitFor();
  await focused("Message to walter");
  await keyboard.type("An answer to myself");
  await keyboard.press("Enter");
  await window.reaches("An answer to myself", ["Sent", "Delivered"]);

  await keyboard.press("Shift+Tab");
  await focused(/An answer/);
  await keyboard.press("ArrowUp");
  await focused(/Only line/);
  await keyboard.press("Enter");
  await focused("React with");
  await keyboard.press("ArrowRight");
  await keyboard.press("Enter");
  await window
    .message("Only line")
    .getByRole("button", { name: /❤️ by You/ })
    .waitFor();

  await focused(/Only line/);
  await keyboard.press("Enter");
  await focused("React with");
  await keyboard.press("End");
  await keyboard.press("Enter");
  await window.message("You took this message back.").waitFor();

  await keyboard.press("Escape");
  await focused("Message to walter");
  await keyboard.press("Shift+Tab");
  await keyboard.press("ArrowDown");
  await focused(/An answer/);
  await keyboard.press("Enter");
  // The menu focuses its first item once it is open, so nothing else before that.
  await focused("React with");
  await page.getByRole("menuitem", { name: "Message info" }).focus();
  await keyboard.press("Enter");
  await page.getByRole("complementary", { name: "Message info" }).waitFor();
  await keyboard.press("Escape");
  await page.getByRole("complementary").waitFor({ state: "detached" });
  await keyboard.press("Control+/");
  await page.getByRole("complementary", { name: "Keyboard shortcuts" }).waitFor();
});

test("Enter that chooses a word in an input method does not send", async () => {
  const context = await stage.context();
  const window = await ChatWindow.open(context, "xia", "yan");
  await window.composer.focus();
  const ime = await context.newCDPSession(window.page);
  await ime.send("Input.imeSetComposition", { text: "ni hao", selectionStart: 6, selectionEnd: 6 });
  await window.composer.dispatchEvent("keydown", { key: "Enter", isComposing: true, keyCode: 229 });
  await ime.send("Input.insertText", { text: "你好" });
  expect(await window.composer.inputValue()).toBe("你好");
  expect(await window.texts()).toEqual([]);
  const sendAndLook = () => window.composer.press("Enter").then(() => window.texts());
  await expect.poll(sendAndLook).toEqual(["你好"]);
});

test("a screen reader is told of others' messages, here and elsewhere", async () => {
  const olga = await ChatWindow.open(await stage.context(), "olga", "pia");
  const pia = await ChatWindow.open(await stage.context(), "pia", "olga");
  const said = olga.page.locator("[aria-live=polite]");
  await olga.status("Online");
  await pia.send("listen");
  await expect.poll(() => said.textContent()).toBe("pia: listen");
  const quinn = await ChatWindow.open(await stage.context(), "quinn", "olga");
  await quinn.send("and me");
  await expect.poll(() => said.textContent()).toBe("New message from quinn");
});
