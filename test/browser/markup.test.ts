/** Whatever others write, name or link to, the page shows as text: nothing of it runs or loads. */
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { directConversation } from "../../protocol/names.ts";
import { signIn, socketUrlOf } from "../support/accounts.ts";
import { CANARY_FLAG, CANARY_HOST, MARKUP_ATTACKS } from "../support/markup-attacks.ts";
import { RawClient } from "../support/raw-client.ts";
import { HELLO, protocolsFor } from "../support/session.ts";
import { ChatWindow, openStage, type Stage } from "./page.ts";

/** High enough that the list shows all of them at once. */
const TALL = { viewport: { width: 1_280, height: 6_000 } };
/** The longest that a name or a reaction may be. */
const NAME_BYTES = 64;
/** Whatever could run, load or send something; the page itself has no such thing in its text. */
const ACTIVE = "script,img,iframe,object,embed,link,style,meta,base,form,video,audio,math,details";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

/** What happened in this browser that no text may cause. */
async function watched(): Promise<{ context: BrowserContext; incidents: string[] }> {
  const context = await stage.context(TALL);
  const incidents: string[] = [];
  const own = new URL(stage.server.url).port;
  context.on("request", (request) => {
    const { host, port, protocol } = new URL(request.url());
    if (host.includes(CANARY_HOST) || (/^http/.test(protocol) && port !== own)) {
      incidents.push(`asked for ${request.url()}`);
    }
  });
  context.on("dialog", (dialog) => {
    incidents.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on("page", (page) => page.on("popup", () => incidents.push("a window opened")));
  return { context, incidents };
}

async function expectHarmless(page: Page, incidents: readonly string[]): Promise<void> {
  expect(await page.evaluate((flag) => flag in window, CANARY_FLAG)).toBe(false);
  expect(incidents).toEqual([]);
  expect(stage.problems).toEqual([]);
}

async function attack(
  user: string,
  victim: string,
  hello: object = {},
  device = `${user}-device`,
): Promise<RawClient> {
  const { url } = stage.server;
  await signIn(url, victim);
  const protocols = await protocolsFor(url, user, device);
  const client = await RawClient.open(socketUrlOf(url), { protocols });
  client.send({ ...HELLO, ...hello });
  await client.next("welcome");
  return client;
}

/** Element names that stand where others' words are shown, and where its links lead. */
async function activeIn(page: Page, place: string): Promise<string[]> {
  return page.locator(place).evaluateAll((roots, active) => {
    const found: string[] = [];
    for (const root of roots) {
      for (const node of root.querySelectorAll(active)) found.push(node.outerHTML);
      for (const node of root.querySelectorAll("*")) {
        for (const { name } of node.attributes) if (name.startsWith("on")) found.push(name);
      }
      for (const link of root.querySelectorAll("a")) {
        if (!/^https?:/.test(link.href)) found.push(link.href);
      }
    }
    return found;
  }, ACTIVE);
}

test("R14 messages and reactions are text", async () => {
  const { context, incidents } = await watched();
  const conversation = directConversation("mallory", "victim");
  const mallory = await attack("mallory", "victim");
  const texts = MARKUP_ATTACKS.map((text) => ({ kind: "text", text }));
  const reactions = MARKUP_ATTACKS.filter((text) => Buffer.byteLength(text) <= NAME_BYTES)
    .slice(0, 15)
    .map((emoji) => ({ kind: "reaction", target: 1, emoji, on: true }));
  const items = [...texts, ...reactions].map((body, index) => ({
    conversation,
    counter: index + 1,
    prev: index,
    body,
  }));
  mallory.send({ t: "submit", items });
  await mallory.next("accepted");
  const window = await ChatWindow.open(context, "victim", "mallory");
  await window.shows(MARKUP_ATTACKS);
  expect(await activeIn(window.page, "article, nav")).toEqual([]);
  await expectHarmless(window.page, incidents);
  mallory.terminate();
});

test("R14 names of devices are text", async () => {
  const { context, incidents } = await watched();
  const names = MARKUP_ATTACKS.filter((text) => Buffer.byteLength(text) <= NAME_BYTES).slice(0, 8);
  const devices: RawClient[] = [];
  for (const [index, name] of names.entries()) {
    const app = { name, version: name, platform: name };
    devices.push(await attack("owner", "owner", { app }, `hostile-device-${index}`));
  }
  const { page } = await ChatWindow.open(context, "owner");
  await page.goto("/?as=owner&panel=devices");
  for (const name of names) await page.getByText(name).first().waitFor();
  expect(await activeIn(page, "[data-device]")).toEqual([]);
  await expectHarmless(page, incidents);
  for (const device of devices) device.terminate();
});

test("R14 what stands in the page's address is text", async () => {
  const { context, incidents } = await watched();
  const page = await context.newPage();
  // Each page takes its while to load: a third of them has one of each kind.
  for (const text of MARKUP_ATTACKS.filter((_, index) => index % 3 === 0)) {
    const word = encodeURIComponent(text);
    await page.goto(`/?as=owner&c=${word}&panel=${word}&device=${word}#${word}`);
    await page.locator("body *").first().waitFor();
    await expectHarmless(page, incidents);
  }
});
