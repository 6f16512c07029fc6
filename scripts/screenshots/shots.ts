import type { Page } from "playwright-core";
import { directConversation } from "../../client/index.ts";
import { messageOf } from "./story.ts";

export interface Shot {
  /** Of the file in docs/. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly dark?: boolean;
  readonly locale?: string;
  /** Opens what is to be seen, and waits until it can be; `since`: when people began to talk, ms. */
  show(page: Page, since: number): Promise<void>;
}

const CHAT = `as=alice&c=${directConversation("alice", "bob")}`;

const FLOATING_MS = 1_500;

export const SHOTS: readonly Shot[] = [
  { name: "side-by-side", width: 1280, height: 800, show: showSideBySide },
  { name: "message-info", width: 1280, height: 800, dark: true, show: showInfo },
  { name: "phone", width: 390, height: 780, show: showPhone },
  { name: "console", width: 1280, height: 900, show: showOverview },
  { name: "trace", width: 1280, height: 800, dark: true, show: showTrace },
];

/** Alice's network is cut: what she sends waits at her side. */
async function showSideBySide(page: Page): Promise<void> {
  await page.goto("/?demo=on");
  const alice = page.frameLocator("iframe").first();
  const composer = alice.getByRole("textbox", { name: "Message to bob" });
  await alice.getByRole("article").last().waitFor();
  await alice.getByRole("switch").first().click();
  for (const text of ["We are in the tunnel now.", "You will get this when we are out."]) {
    await composer.fill(text);
    await composer.press("Enter");
  }
  await alice.getByText("2 waiting").filter({ visible: true }).first().waitFor();
  // The day floats over the messages while they move.
  await page.waitForTimeout(FLOATING_MS);
}

async function showInfo(page: Page): Promise<void> {
  await page.goto(`/?${CHAT}&panel=info&message=${encodeURIComponent(messageOf("alice"))}`);
  await page.locator(".person").nth(1).waitFor();
  await page.getByRole("article").last().waitFor();
}

async function showPhone(page: Page): Promise<void> {
  await page.goto(`/?${CHAT}`);
  await page.getByRole("article").last().waitFor();
}

async function showConsole(page: Page, path: string, shown: string): Promise<void> {
  await page.goto("/ops");
  await page.getByRole("button", { name: "Enter as operator" }).click();
  await page.getByRole("navigation").waitFor();
  await page.goto(`/ops${path}`);
  await page.locator(shown).first().waitFor();
}

async function showOverview(page: Page, since: number): Promise<void> {
  await showConsole(page, `?from=${since}&to=${Date.now()}`, "canvas");
}

async function showTrace(page: Page): Promise<void> {
  await showConsole(page, `/trace?message=${messageOf("alice")}`, ".waterfall");
}
