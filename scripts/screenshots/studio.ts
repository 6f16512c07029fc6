import { mkdirSync, writeFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { launchChromium } from "../../test/support/chromium.ts";
import { buildWorker, Stand } from "../measure/stand.ts";
import { runTraffic } from "../traffic/run.ts";
import type { Shot } from "./shots.ts";
import { tellStory } from "./story.ts";

const PEOPLE = 12;
const TALK_MS = 1_500;
/** Until the console has something to show. */
const TALKING_MS = 200_000;
const QUALITY = 80;

/** A server with people who talk, and a browser to look at it. */
export class Studio {
  readonly #stand: Stand;
  readonly #browser: Browser;
  readonly #talking: Promise<void>;
  readonly #silence = new AbortController();
  readonly #since = Date.now();

  private constructor(stand: Stand, browser: Browser) {
    this.#stand = stand;
    this.#browser = browser;
    const { url } = stand.server;
    const tally = { sent: 0, received: 0, dropped: 0 };
    const traffic = { url, people: PEOPLE, talkMs: TALK_MS };
    this.#talking = runTraffic(traffic, tally, this.#silence.signal);
  }

  static async open(): Promise<Studio> {
    const stand = await Stand.open(buildWorker());
    const studio = new Studio(stand, await launchChromium());
    const story = await tellStory(stand.server.url);
    await new Promise((done) => setTimeout(done, TALKING_MS));
    await story.end();
    return studio;
  }

  /** Writes the picture; resolves with its bytes. */
  async take({ name, width, height, dark, locale = "en-GB", show }: Shot): Promise<number> {
    const context = await this.#browser.newContext({
      baseURL: this.#stand.server.url.replace("127.0.0.1", "localhost"),
      viewport: { width, height },
      colorScheme: dark ? "dark" : "light",
      locale,
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    await show(page, this.#since);
    const session = await context.newCDPSession(page);
    const options = { format: "webp", quality: QUALITY } as const;
    const { data } = await session.send("Page.captureScreenshot", options);
    const picture = Buffer.from(data, "base64");
    mkdirSync("docs", { recursive: true });
    writeFileSync(`docs/${name}.webp`, picture);
    await context.close();
    return picture.byteLength;
  }

  async close(): Promise<void> {
    this.#silence.abort();
    await this.#talking;
    await this.#browser.close();
    await this.#stand.close();
  }
}
