/** Pages that hold nothing but the SDK, under the address of a real server. */
import { build } from "esbuild";
import type { BrowserContext, CDPSession, Page } from "playwright-core";
import { expect } from "vitest";
import { freezePage, thawPage } from "../support/frozen-page.ts";

const WAIT_MS = 30_000;

/** What runs in a page; `alias` puts one package in another's place. */
export interface Script {
  readonly entry: string;
  readonly alias?: Readonly<Record<string, string>>;
}

export type Query = Readonly<Record<string, string>>;

/** What a page has told, in order; a crash takes nothing of it back. */
export class SdkPage {
  readonly page: Page;
  readonly #session: CDPSession;
  readonly queued: string[] = [];
  isDying = false;
  openSockets = 0;
  state = "";
  readonly #frames: string[] = [];

  /** The session is there before the page stands still, for then no new one could begin. */
  constructor(page: Page, session: CDPSession) {
    this.page = page;
    this.#session = session;
    page.on("websocket", (socket) => {
      this.openSockets += 1;
      socket.on("framesent", ({ payload }) => this.#frames.push(String(payload)));
      socket.on("close", () => {
        this.openSockets -= 1;
      });
    });
  }

  hear(kind: string, text: string): void {
    if (kind === "queued") this.queued.push(text);
    else if (kind === "dying") this.isDying = true;
    else this.state = text;
  }

  /** How often it has said exactly this to the server. */
  said(frame: string): number {
    return this.#frames.filter((one) => one === frame).length;
  }

  /** Its own words: state of the connection, messages in the outbox, `leads` or `follows`. */
  async says(state: string): Promise<void> {
    await expect.poll(() => this.state, { timeout: WAIT_MS }).toBe(state);
  }

  async dies(): Promise<void> {
    await expect.poll(() => this.isDying, { timeout: WAIT_MS }).toBe(true);
  }

  freeze(): Promise<void> {
    return freezePage(this.#session);
  }

  thaw(): Promise<void> {
    return thawPage(this.#session);
  }

  /** As by the back-forward cache, where a page has nothing more to do. */
  async putAway(): Promise<void> {
    await this.#transition("pagehide");
    await this.#session.send("Debugger.enable");
    await this.#session.send("Debugger.pause");
  }

  async takeOut(): Promise<void> {
    await this.thaw();
    await this.#transition("pageshow");
  }

  async #transition(type: "pagehide" | "pageshow"): Promise<void> {
    await this.page.evaluate((event) => {
      dispatchEvent(new PageTransitionEvent(event, { persisted: true }));
    }, type);
  }

  /** The process of the page ends at once, whatever it is doing. */
  async crash(): Promise<void> {
    const crashed = this.page.waitForEvent("crash", { timeout: WAIT_MS });
    // No answer comes from a page that has crashed.
    this.#session.send("Page.crash").catch(() => {});
    await crashed;
    await this.page.close();
  }
}

/** Gives a context the page at /sdk; all its pages share one IndexedDB and one set of locks. */
export class SdkPages {
  readonly #context: BrowserContext;
  readonly #url: string;

  private constructor(context: BrowserContext, url: string) {
    this.#context = context;
    this.#url = url;
  }

  /** Default: the page that can be killed. */
  static async in(
    context: BrowserContext,
    url: string,
    script: Script = { entry: "test/browser/kill-page.ts" },
  ): Promise<SdkPages> {
    const code = await bundle(script);
    // A page that comes from a route has no address of its own, so this machine is foreign to it.
    await context.grantPermissions(["local-network-access"]);
    await context.route("**/sdk?*", (route) =>
      route.fulfill({
        contentType: "text/html",
        body: '<!doctype html><title>SDK</title><script type="module" src="/sdk.js"></script>',
      }),
    );
    await context.route("**/sdk.js", (route) =>
      route.fulfill({ contentType: "text/javascript", body: code }),
    );
    return new SdkPages(context, url.replace("127.0.0.1", "localhost"));
  }

  async closeAll(): Promise<void> {
    for (const page of this.#context.pages()) await page.close();
  }

  async open(query: Query): Promise<SdkPage> {
    const page = await this.#context.newPage();
    const one = new SdkPage(page, await this.#context.newCDPSession(page));
    await page.exposeFunction("tell", (kind: string, text: string) => one.hear(kind, text));
    await this.load(one, query);
    return one;
  }

  /** In the same tab; the page that was there is unloaded. */
  async load(one: SdkPage, query: Query): Promise<void> {
    // The word of the page that was there says nothing of this one, which is not to be closed on its
    // way: Chromium may then never say that it is.
    one.state = "";
    await one.page.goto(`${this.#url}/sdk?${new URLSearchParams(query)}`, { waitUntil: "commit" });
  }
}

async function bundle({ entry, alias = {} }: Script): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    alias: { ...alias },
    define: { "process.env.NODE_ENV": '"development"' },
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
  });
  return outputFiles[0]?.text ?? "";
}
