/** How fast the SDK is where people use it: Chromium, IndexedDB, Web Locks and a real server. */
import { build } from "esbuild";
import type { BrowserContext, Page } from "playwright-core";
import { directConversation } from "../../protocol/names.ts";
import { launchChromium } from "../../test/support/chromium.ts";
import { freezePage, thawPage } from "../../test/support/frozen-page.ts";
import { quantile } from "./bench-cases.ts";
import type { CaughtUp } from "./sdk-page.ts";
import { buildWorker, Stand } from "./stand.ts";

export interface CatchUp extends CaughtUp {
  readonly messages: number;
}

export interface SdkBench {
  /** From `send()` until its row is committed. */
  readonly queuedMs: { readonly p50: number; readonly p95: number };
  /** The median by time of some runs, each of a device that was away. */
  readonly catchUps: readonly CatchUp[];
  /** From the end of the leading tab until the next one leads and is live. */
  readonly closedMs: { readonly p50: number; readonly p95: number };
  /** The same from the moment at which the leading tab stands still. */
  readonly frozenMs: { readonly p50: number; readonly max: number };
}

const QUEUED = 500;
const CONVERSATIONS = 50;
const MISSED = [
  { messages: 1_000, runs: 5 },
  { messages: 10_000, runs: 1 },
];
const CLOSES = 20;
const FREEZES = 10;
const IN_FLIGHT = 50;
const MANY = 1_000_000;

export async function measureSdk(): Promise<SdkBench> {
  const stand = await Stand.open(buildWorker());
  const browser = await launchChromium();
  try {
    await stand.change({ connectsPerMinute: MANY, rateBurst: MANY, ratePerSecond: MANY });
    const context = await browser.newContext();
    await servePage(context);
    const open = (user: string) => openPage(context, stand, user);
    const catchUps: CatchUp[] = [];
    for (const { messages, runs } of MISSED) {
      catchUps.push(await catchUp(stand, open, messages, runs));
    }
    const queued = await queuedMs(stand, open);
    const closed = await successions(stand, open, CLOSES, close);
    const frozen = await successions(stand, open, FREEZES, freeze);
    return {
      queuedMs: { p50: quantile(queued, 0.5), p95: quantile(queued, 0.95) },
      catchUps,
      closedMs: { p50: quantile(closed, 0.5), p95: quantile(closed, 0.95) },
      frozenMs: { p50: quantile(frozen, 0.5), max: quantile(frozen, 1) },
    };
  } finally {
    await browser.close();
    await stand.close();
  }
}

type Open = (user: string) => Promise<Page>;

/** Nothing but the SDK, at the address of the server. */
async function servePage(context: BrowserContext): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: ["scripts/measure/sdk-page.ts"],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
  });
  const html = '<!doctype html><title>SDK</title><script type="module" src="/sdk.js"></script>';
  // A page that comes from a route has no address of its own, so this machine is foreign to it.
  await context.grantPermissions(["local-network-access"]);
  await context.route("**/sdk?*", (route) =>
    route.fulfill({ contentType: "text/html", body: html }),
  );
  await context.route("**/sdk.js", (route) =>
    route.fulfill({ contentType: "text/javascript", body: outputFiles[0]?.text ?? "" }),
  );
}

async function openPage(context: BrowserContext, stand: Stand, user: string): Promise<Page> {
  const page = await context.newPage();
  const origin = stand.server.url.replace("127.0.0.1", "localhost");
  await page.goto(`${origin}/sdk?user=${user}`);
  await page.waitForFunction(() => "catchUp" in window);
  return page;
}

async function queuedMs(stand: Stand, open: Open): Promise<number[]> {
  const user = stand.newUser("sender");
  const page = await open(user);
  await page.evaluate(() => window.connect());
  const talk = directConversation(user, stand.newUser("reader"));
  const send = ([to, count]: [string, number]) => window.queued(to, count);
  const took = await page.evaluate(send, [talk, QUEUED] as [string, number]);
  await page.close();
  return took.sort((a, b) => a - b);
}

async function catchUp(stand: Stand, open: Open, messages: number, runs: number): Promise<CatchUp> {
  const results: CatchUp[] = [];
  for (let run = 0; run < runs; run += 1) {
    const user = stand.newUser("away");
    const before = await open(user);
    await before.evaluate(() => window.connect());
    await before.close();
    await sayToAll(stand, user, messages / CONVERSATIONS);
    const page = await open(user);
    results.push({ messages, ...(await page.evaluate((n) => window.catchUp(n), messages)) });
    await page.close();
  }
  const [...sorted] = results.sort((a, b) => a.tookMs - b.tookMs);
  const median = sorted[runs >> 1];
  if (median === undefined) throw new Error("nothing was measured");
  return median;
}

/** As many people as there are conversations, each with `count` messages. */
async function sayToAll(stand: Stand, user: string, count: number): Promise<void> {
  for (let person = 0; person < CONVERSATIONS; person += 1) {
    const sender = await stand.connect(stand.newUser("friend"), "device-1");
    for (let sent = 0; sent < count; sent += IN_FLIGHT) {
      sender.say(user, Math.min(IN_FLIGHT, count - sent));
      await sender.until(() => sender.accepted === sender.counter, "accepted");
    }
    await sender.close();
  }
}

/** Each round stops the leading tab of two in this way; how long the other one took, sorted. */
async function successions(
  stand: Stand,
  open: Open,
  rounds: number,
  stop: (leader: Page) => Promise<() => Promise<void>>,
): Promise<number[]> {
  const took: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const user = stand.newUser("tabs");
    const leader = await open(user);
    await leader.evaluate(() => window.connect());
    const next = await open(user);
    await next.evaluate(() => window.connect());
    const stoppedAt = Date.now();
    const cleanUp = await stop(leader);
    const since = await next.waitForFunction(() => window.leadsSince, undefined, { polling: 50 });
    took.push(Number(await since.jsonValue()) - stoppedAt);
    await cleanUp();
    await next.close();
  }
  return took.sort((a, b) => a - b);
}

async function close(leader: Page) {
  await leader.close();
  return async () => {};
}

async function freeze(leader: Page) {
  const session = await leader.context().newCDPSession(leader);
  await freezePage(session);
  return async () => {
    await thawPage(session);
    await leader.close();
  };
}
