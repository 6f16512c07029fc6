/** Browsers that lack something, and what they tell of the network: the SDK alone in a page. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { directConversation, HoldfastClient, memoryStore } from "../../client/index.ts";
import { PING } from "../../protocol/ping.ts";
import { changeSettings, signIn } from "../support/accounts.ts";
import { openStage, type Stage } from "./page.ts";
import { SdkPages } from "./sdk-pages.ts";

const WAIT_MS = 30_000;

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await changeSettings(stage.server.url, { connectsPerMinute: 10_000 });
});

afterEach(async () => {
  for (const context of stage.browser.contexts()) await context.close();
});
afterAll(() => stage?.close());

/** Pages in which `script` has run before everything else. */
async function pagesAfter(script: string): Promise<SdkPages> {
  const context = await stage.context();
  await context.addInitScript(script);
  return SdkPages.in(context, stage.server.url);
}

test("R1 without Web Locks each tab is a device of its own, with a socket of its own", async () => {
  const pages = await pagesAfter('Object.defineProperty(navigator, "locks", { value: undefined })');
  const { url } = stage.server;
  const token = () => signIn(url, "reader");
  const reader = new HoldfastClient({ url, user: "reader", token, store: memoryStore() });
  const seen: string[] = [];
  const devices = new Set<string>();
  reader.onMessage(({ content, id }) => {
    seen.push(content.kind === "text" ? content.text : "");
    devices.add(id?.split(":")[1] ?? "");
  });
  await reader.connect();
  const who = { user: "lockless", talk: directConversation("lockless", "reader"), count: "2" };
  const tabs = [await pages.open({ ...who, life: "0" }), await pages.open({ ...who, life: "1" })];
  for (const tab of tabs) await tab.says("live 0 leads");
  expect(tabs.map(({ openSockets }) => openSockets)).toEqual([1, 1]);
  await expect
    .poll(() => [...seen].sort(), { timeout: WAIT_MS })
    .toEqual(["0.0", "0.1", "1.0", "1.1"]);
  expect(devices.size).toBe(2);
  await reader.close();
});

test("without navigator.connection, as in Safari and Firefox, nothing is missing", async () => {
  const pages = await pagesAfter(
    'Object.defineProperty(navigator, "connection", { value: undefined })',
  );
  const talk = directConversation("plain", "reader");
  const tab = await pages.open({ user: "plain", talk, life: "0", count: "2" });
  await tab.says("live 0 leads");
});

/** What speaks against the link, as a browser tells it. */
const NEWS = {
  "another connection": 'navigator.connection.dispatchEvent(new Event("change"))',
  "a network that is back": 'dispatchEvent(new Event("online"))',
  "a page that is shown": 'document.dispatchEvent(new Event("visibilitychange"))',
  "a page that runs again": 'document.dispatchEvent(new Event("resume"))',
};

test("the link is looked at once the browser tells of anything that it may not have survived", async () => {
  const pages = await pagesAfter("");
  const looks = Object.entries(NEWS).map(async ([name, event], index) => {
    const user = `watchful${index}`;
    const talk = directConversation(user, "reader");
    const tab = await pages.open({ user, talk, life: "0", count: "1" });
    await tab.says("live 0 leads");
    // Those that follow upon connecting are over: the next one by itself is 7 s away.
    await expect.poll(() => tab.said(PING), { timeout: WAIT_MS }).toBe(2);
    await tab.page.evaluate(event);
    await expect.poll(() => tab.said(PING), { timeout: 5_000, message: name }).toBe(3);
  });
  await Promise.all(looks);
});
