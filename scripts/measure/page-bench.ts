/** How the chat bears a long conversation: measured in Chromium, without a server. */
import { spawnSync } from "node:child_process";
import type { Page } from "playwright-core";
import { launchChromium } from "../../test/support/chromium.ts";
import type { Bench } from "../../web/bench/bench.ts";
import type { Scrolling } from "../../web/bench/frames.ts";
import { serveFiles } from "./static-server.ts";

export interface PageBench {
  readonly messages: number;
  /** From a click on the conversation to its messages on the screen, with none of it in memory. */
  readonly openMs: readonly number[];
  /** The same with all of it in the list. */
  readonly mountMs: readonly number[];
  /** The least disturbed of three runs, each beside the same frames with nothing to scroll. */
  readonly scroll: Scrolling;
  readonly idle: Scrolling;
  readonly fling: Scrolling;
  /** What the page's thread does per frame of scrolling, layout and painting included. */
  readonly workMs: number;
  readonly driftPx: number;
}

const VIEWPORT = { width: 900, height: 700 };
const RUNS = 5;
const FRAMES = 400;
const ROUNDS = 3;
const FLING_FRAMES = 120;
const PREPENDS = 12;
/** Left for prepending, while the rest is in the list. */
const HELD_BACK = 1_000;

export async function measurePage(messages: number): Promise<PageBench> {
  build();
  const files = await serveFiles("dist/web-bench");
  const browser = await launchChromium();
  try {
    const context = await browser.newContext({ viewport: VIEWPORT, locale: "en-GB" });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const address = `${files.url}/bench.html?messages=${messages}`;
    const openMs: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      await open(page, address);
      openMs.push(await page.evaluate(() => bench().mountMs()));
    }
    return { messages, openMs, ...(await measureList(page, messages)) };
  } finally {
    await browser.close();
    files.stop();
  }
}

async function measureList(page: Page, messages: number) {
  const load = (count: number) => page.evaluate((n) => bench().load(n), count);
  const scroll = (px: number, frames: number) =>
    page.evaluate(([by, n]) => bench().scroll(by ?? 0, n ?? 0), [px, frames]);
  await load(messages - HELD_BACK);
  await scroll(-500, 20);
  const driftPx = await page.evaluate((times) => bench().driftOnPrepend(times), PREPENDS);
  const loaded = await load(HELD_BACK);
  if (loaded !== messages) throw new Error(`${loaded} of ${messages} messages are in the list.`);
  const mountMs: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    mountMs.push(await page.evaluate(() => bench().mountMs()));
  }
  const rounds = [];
  const work = await workMeter(page);
  for (let round = 0; round < ROUNDS; round += 1) {
    const idle = await page.evaluate((frames) => bench().idle(frames), FRAMES);
    const before = await work();
    const scrolled = await scroll(-150, FRAMES);
    rounds.push({ idle, scroll: scrolled, workMs: ((await work()) - before) / FRAMES });
  }
  const [best] = rounds.sort((a, b) => a.scroll.slow - b.scroll.slow);
  if (best === undefined) throw new Error("nothing was scrolled");
  const fling = await scroll(-3_000, FLING_FRAMES);
  return { mountMs, ...best, fling, driftPx };
}

/** Ms of work that the page's thread has done so far. */
async function workMeter(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1_000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0);
  };
}

async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.waitForFunction(() => "bench" in globalThis, undefined, { timeout: 60_000 });
  await page.locator(".conversation").waitFor();
}

/** In the page. */
declare function bench(): Bench;

function build(): void {
  const arguments_ = ["build", "--config", "web/vite.config.ts", "--mode", "bench"];
  const { status } = spawnSync("vite", [...arguments_, "--logLevel", "warn"], { stdio: "inherit" });
  if (status !== 0) throw new Error("The page does not build.");
}
