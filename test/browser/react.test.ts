/** The hooks in a page, with React in its strict mode and with what stands in for React. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { directConversation, HoldfastClient, memoryStore } from "../../client/index.ts";
import { changeSettings, signIn } from "../support/accounts.ts";
import { openStage, type Stage } from "./page.ts";
import { type SdkPage, SdkPages } from "./sdk-pages.ts";

const WAIT_MS = 30_000;
const ENTRY = "test/browser/react-page.ts";
const PREACT = { react: "preact/compat", "react-dom/client": "preact/compat/client" };

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await changeSettings(stage.server.url, { connectsPerMinute: 10_000 });
});

afterAll(() => stage?.close());

async function shows({ page }: SdkPage, label: string, text: string): Promise<void> {
  const shown = () => page.getByRole("status", { name: label }).textContent();
  await expect.poll(shown, { timeout: WAIT_MS, message: label }).toBe(text);
}

test.each([
  { library: "react", alias: {} },
  { library: "preact", alias: PREACT },
])("the hooks show and do what they say, over one socket: $library", async ({ library, alias }) => {
  const { url } = stage.server;
  const [user, peer] = [`${library}-user`, `${library}-peer`];
  const talk = directConversation(user, peer);
  const token = () => signIn(url, peer);
  const other = new HoldfastClient({ url, user: peer, token, store: memoryStore() });
  await other.connect();
  await other.send(talk, "hi").accepted;

  const pages = await SdkPages.in(await stage.context(), url, { entry: ENTRY, alias });
  const tab = await pages.open({ user, talk });
  await shows(tab, "connection", "live");
  await shows(tab, "messages", "hi");
  expect(tab.openSockets).toBe(1);
  const press = (name: string) => tab.page.getByRole("button", { name }).click();
  await press("Begin");
  await shows(tab, "draft", "unfinished");
  await press("Send");
  await shows(tab, "messages", "hi,hello");
  await shows(tab, "info", `${user},${peer}`);
  await shows(tab, "presence", "here");
  other.typing(talk);
  await shows(tab, "typing", peer);
  expect(tab.openSockets).toBe(1);
  await other.close();
  await shows(tab, "presence", "away");
});
