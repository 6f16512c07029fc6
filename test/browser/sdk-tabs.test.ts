/** Tabs of a real browser over one store: one of them holds the socket, and another takes over. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { directConversation, HoldfastClient, memoryStore } from "../../client/index.ts";
import { changeSettings, signIn } from "../support/accounts.ts";
import { openStage, type Stage } from "./page.ts";
import { type SdkPage, SdkPages } from "./sdk-pages.ts";

const WAIT_MS = 30_000;
const TABS = 20;

let stage: Stage;
let pages: SdkPages;

beforeAll(async () => {
  stage = await openStage();
  await changeSettings(stage.server.url, { connectsPerMinute: 10_000 });
  pages = await SdkPages.in(await stage.context(), stage.server.url);
});

afterEach(() => pages.closeAll());
afterAll(() => stage?.close());

/** Each message that has come to `user` from now on. */
async function reading(user: string) {
  const { url } = stage.server;
  const token = () => signIn(url, user);
  const client = new HoldfastClient({ url, user, token, store: memoryStore() });
  const seen: string[] = [];
  client.onMessage(({ content }) => void seen.push(content.kind === "text" ? content.text : ""));
  await client.connect();
  return { seen, close: () => client.close() };
}

/** Opened one after the other, so that the first one leads; each sends one message. */
async function openTabs(user: string, talk: string, count: number): Promise<SdkPage[]> {
  const tabs: SdkPage[] = [];
  for (let index = 0; index < count; index += 1) {
    const tab = await pages.open({ user, talk, life: String(index), count: "1" });
    await tab.says(`live 0 ${index === 0 ? "leads" : "follows"}`);
    tabs.push(tab);
  }
  return tabs;
}

const sockets = (tabs: readonly SdkPage[]) => tabs.map(({ openSockets }) => openSockets);

test(`${TABS} tabs have one socket, all send, and the next one takes over when it closes`, async () => {
  const reader = await reading("reader-of-many");
  const tabs = await openTabs("many", directConversation("many", "reader-of-many"), TABS);
  expect(sockets(tabs)).toEqual(tabs.map((_, index) => (index === 0 ? 1 : 0)));
  const expected = tabs.map((_, index) => `${index}.0`);
  await expect.poll(() => reader.seen, { timeout: WAIT_MS }).toEqual(expected);
  const [leader, ...others] = tabs;
  await leader?.page.close();
  const leading = () => others.filter(({ state }) => state === "live 0 leads").length;
  await expect.poll(leading, { timeout: WAIT_MS }).toBe(1);
  await expect
    .poll(() => sockets(others).filter((count) => count > 0), { timeout: WAIT_MS })
    .toEqual([1]);
  await reader.close();
});

test("R1 R2: a leader that crashes with another tab's message on the wire loses and repeats nothing", async () => {
  const reader = await reading("reader-of-two");
  const who = { user: "two", talk: directConversation("two", "reader-of-two") };
  const leader = await pages.open({ ...who, point: "submit sent", how: "crash" });
  await leader.says("live 0 leads");
  const follower = await pages.open({ ...who, life: "1", count: "3" });
  await leader.dies();
  await leader.crash();
  await follower.says("live 0 leads");
  const expected = ["1.0", "1.1", "1.2"];
  expect(follower.queued).toEqual(expected);
  await expect.poll(() => reader.seen, { timeout: WAIT_MS }).toEqual(expected);
  await reader.close();
});

test.each([
  {
    how: "frozen",
    user: "cold",
    away: (tab: SdkPage) => tab.freeze(),
    back: (tab: SdkPage) => tab.thaw(),
  },
  {
    how: "put away",
    user: "stowed",
    away: (tab: SdkPage) => tab.putAway(),
    back: (tab: SdkPage) => tab.takeOut(),
  },
])(
  "R1 R2: a leader that is $how is replaced; back again it follows, and nothing comes twice",
  async ({ user, away, back }) => {
    const reader = await reading(`reader-of-${user}`);
    const who = { user, talk: directConversation(user, `reader-of-${user}`), count: "2" };
    const leader = await pages.open({ ...who, life: "0" });
    await leader.says("live 0 leads");
    await away(leader);
    const follower = await pages.open({ ...who, life: "1" });
    await follower.says("live 0 leads");
    const expected = ["0.0", "0.1", "1.0", "1.1"];
    await expect.poll(() => reader.seen, { timeout: WAIT_MS }).toEqual(expected);
    await back(leader);
    await leader.says("live 0 follows");
    const third = await pages.open({ ...who, life: "2" });
    await third.says("live 0 follows");
    expected.push("2.0", "2.1");
    await expect.poll(() => reader.seen, { timeout: WAIT_MS }).toEqual(expected);
    await reader.close();
  },
);

test("R1 R2: a page that is put away and taken out again goes on alone", async () => {
  const reader = await reading("reader-of-alone");
  const talk = directConversation("alone", "reader-of-alone");
  const tab = await pages.open({ user: "alone", talk, life: "0", count: "2" });
  await tab.says("live 0 leads");
  await tab.putAway();
  await tab.takeOut();
  const second = await pages.open({ user: "alone", talk, life: "1", count: "2" });
  await second.says("live 0 follows");
  const expected = ["0.0", "0.1", "1.0", "1.1"];
  await expect.poll(() => reader.seen, { timeout: WAIT_MS }).toEqual(expected);
  await reader.close();
});
