/** The chat page as a person meets it: found by roles and labels, never by how it is built. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { startServer, type TestServer } from "../support/server.ts";

export interface Stage {
  readonly server: TestServer;
  readonly browser: Browser;
  /** A browser of its own: another device for whoever signs in there. */
  context(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** What went wrong in any page so far: uncaught errors and refused content. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), "holdfast-page-"));
  const server = await startServer({ persistTo: directory, vars: { DEV_SIGN_IN: "on" } });
  const browser = await launchChromium();
  const problems: string[] = [];
  return {
    server,
    browser,
    problems,
    async context(options) {
      const context = await browser.newContext({
        baseURL: server.url.replace("127.0.0.1", "localhost"),
        locale: "en-GB",
        ...options,
      });
      context.on("weberror", (error) => problems.push(String(error.error())));
      context.on("console", (message) => {
        if (/Content Security Policy|Trusted/.test(message.text())) problems.push(message.text());
      });
      return context;
    },
    async close() {
      await browser.close();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const WAIT_MS = 30_000;

/** One window of a user, at a conversation with `peer`. */
export class ChatWindow {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  static async open(context: BrowserContext, user: string, peer?: string): Promise<ChatWindow> {
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    const window = new ChatWindow(page);
    await page.goto(`/?as=${user}`);
    if (peer !== undefined) await window.talkTo(peer);
    return window;
  }

  /** All that the chat is made of is in the browser: what comes next needs no network. */
  async kept(): Promise<void> {
    await this.page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
  }

  async talkTo(peer: string): Promise<void> {
    await this.page.getByRole("searchbox").fill(peer);
    await this.page.getByRole("searchbox").press("Enter");
    await this.composer.waitFor();
  }

  /** Makes a group from the menu; its composer is open afterwards. */
  async makeGroup(title: string, people: string): Promise<void> {
    const { page } = this;
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("menuitem", { name: "New group" }).click();
    await page.getByLabel("Name of the group").fill(title);
    await page.getByLabel("Who is in it").fill(people);
    await page.getByRole("button", { name: "Make the group" }).click();
    await this.composer.waitFor();
  }

  async openGroup(title: string): Promise<void> {
    await this.page.getByRole("link", { name: new RegExp(title) }).click();
  }

  /** By its menu. */
  async act(text: string, action: string): Promise<void> {
    await this.message(text).hover();
    await this.message(text).getByRole("button", { name: "Actions" }).click();
    await this.page.getByRole("menuitem", { name: action }).click();
  }

  get composer() {
    return this.page.getByRole("textbox", { name: /^Message to / });
  }

  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  message(text: string) {
    return this.page.getByRole("article", { name: text });
  }

  /** The word behind the tick of one's own message. */
  async state(text: string): Promise<string> {
    const [mark] = await this.message(text).locator("[title].tick").all();
    return (await mark?.getAttribute("title")) ?? "";
  }

  async reaches(text: string, states: readonly string[]): Promise<void> {
    await expect.poll(() => this.state(text), { timeout: WAIT_MS }).toBeOneOf([...states]);
  }

  /** Texts as they stand in the list, without times and marks. */
  texts(): Promise<string[]> {
    return this.page.getByRole("article").locator(".text").allTextContents();
  }

  async shows(texts: readonly string[]): Promise<void> {
    await expect.poll(() => this.texts(), { timeout: WAIT_MS }).toEqual(texts);
  }

  async status(text: string | RegExp): Promise<void> {
    await this.page.getByRole("status").filter({ hasText: text, visible: true }).first().waitFor();
  }
}
