/** A real page is killed on the way of its messages; what it called queued arrives by itself, once. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { directConversation, HoldfastClient, memoryStore } from "../../client/index.ts";
import { changeSettings, signIn } from "../support/accounts.ts";
import { openStage, type Stage } from "./page.ts";
import { type Query, type SdkPage, SdkPages } from "./sdk-pages.ts";

const WAIT_MS = 30_000;
const MESSAGES = 4;
const TALK = directConversation("mortal", "reader");

/** In the order of a message's way; the numbers are those of the SDK's list of kill points. */
const POINTS: readonly (readonly [name: string, query: Query])[] = [
  ["1 before the row is written", { point: "enqueue before", skip: "2" }],
  ["2 row in an open transaction", { point: "enqueue amid", skip: "2" }],
  ["3 row committed, queued not told", { point: "enqueue after", skip: "2" }],
  ["before this page leads", { point: "claim amid" }],
  ["hello not sent", { point: "hello unsent" }],
  ["welcome not stored", { point: "welcome before" }],
  ["4 told, not sent", { point: "submit unsent" }],
  ["5 frame in the socket's buffer", { point: "submit sent" }],
  ["8 numbered, the answer is lost", { point: "accepted in" }],
  ["10 answer read, row not updated", { point: "answer before" }],
  ["11 row updated, transaction open", { point: "answer amid" }],
  ["12 committed, nobody told", { point: "answer after" }],
  ["own copy not read", { point: "entries in" }],
  ["13 own copy before the answer, not stored", { point: "forget before", "own-first": "" }],
  ["13 own copy before the answer, being stored", { point: "forget amid", "own-first": "" }],
  ["row forgotten, nobody told", { point: "forget after" }],
  ["ack not sent", { point: "ack unsent" }],
  ["ack sent", { point: "ack sent" }],
];
const WAYS = ["crash", "reload", "close"] as const;

let stage: Stage;
let pages: SdkPages;
let reader: HoldfastClient;
const seen: string[] = [];
let queuedInAll = 0;

beforeAll(async () => {
  stage = await openStage();
  const { url } = stage.server;
  await changeSettings(url, { connectsPerMinute: 10_000 });
  pages = await SdkPages.in(await stage.context(), url);
  const token = () => signIn(url, "reader");
  reader = new HoldfastClient({ url, user: "reader", token, store: memoryStore() });
  reader.onMessage(({ content }) => void seen.push(content.kind === "text" ? content.text : ""));
  await reader.connect();
});

afterAll(async () => {
  await reader?.close();
  await stage?.close();
});

afterEach(() => pages.closeAll());

/** The next life of the same store, which is told nothing about the one before. */
async function next(dead: SdkPage, way: string): Promise<SdkPage> {
  const query = { user: "mortal", talk: TALK };
  if (way === "reload") {
    await pages.load(dead, query);
    return dead;
  }
  await (way === "crash" ? dead.crash() : dead.page.close());
  return pages.open(query);
}

async function everythingArrived(queued: readonly string[]): Promise<void> {
  const missing = () => queued.filter((text) => !seen.includes(text));
  await expect.poll(missing, { timeout: WAIT_MS }).toEqual([]);
  expect(seen).toEqual([...new Set(seen)].sort(byLifeAndIndex));
}

describe("R1 R2 R4: a page is killed", () => {
  for (const [index, [name, query]] of POINTS.entries()) {
    const way = WAYS[index % WAYS.length] ?? "crash";
    test(`${name}: ${way}`, async () => {
      const life = { user: "mortal", talk: TALK, life: String(index), count: String(MESSAGES) };
      const mortal = await pages.open({ ...life, ...query, how: way });
      await mortal.dies();
      const after = await next(mortal, way);
      await after.says("live 0 leads");
      await everythingArrived(mortal.queued);
      queuedInAll += mortal.queued.length;
    });
  }

  test("and there was something to lose", () => {
    expect(queuedInAll).toBeGreaterThan(2 * POINTS.length);
  });
});

function byLifeAndIndex(a: string, b: string): number {
  const [lifeA = 0, indexA = 0] = a.split(".").map(Number);
  const [lifeB = 0, indexB = 0] = b.split(".").map(Number);
  return lifeA - lifeB || indexA - indexB;
}
