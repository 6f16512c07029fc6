/** A real page is killed on the way of its messages; what it called queued arrives by itself, once. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { directConversation, HoldfastClient, memoryStore } from "../../client/index.ts";
import { changeSettings, signIn } from "../support/accounts.ts";
import { KILL_POINTS } from "../support/client/kill-points.ts";
import { openStage, type Stage } from "./page.ts";
import { type SdkPage, SdkPages } from "./sdk-pages.ts";

const WAIT_MS = 30_000;
const MESSAGES = 4;
const TALK = directConversation("mortal", "reader");

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
  for (const [index, { name, ...death }] of KILL_POINTS.entries()) {
    const way = WAYS[index % WAYS.length] ?? "crash";
    test(`${name}: ${way}`, async () => {
      const life = { user: "mortal", talk: TALK, life: String(index), count: String(MESSAGES) };
      const { point, skip = 0, isOwnFirst = false } = death;
      const query = { point, skip: String(skip), isOwnFirst: String(isOwnFirst), how: way };
      const mortal = await pages.open({ ...life, ...query });
      await mortal.dies();
      const after = await next(mortal, way);
      await after.says("live 0 leads");
      await everythingArrived(mortal.queued);
      queuedInAll += mortal.queued.length;
    });
  }

  test("and there was something to lose", () => {
    expect(queuedInAll).toBeGreaterThan(2 * KILL_POINTS.length);
  });
});

function byLifeAndIndex(a: string, b: string): number {
  const [lifeA = 0, indexA = 0] = a.split(".").map(Number);
  const [lifeB = 0, indexB = 0] = b.split(".").map(Number);
  return lifeA - lifeB || indexA - indexB;
}
