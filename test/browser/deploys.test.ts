import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { Deploys } from "./deploys.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

const shells = (page: Page) => page.evaluate(() => caches.keys());
const shellOf = (version: string) => `holdfast-shell-${version}`;

async function isKept(page: Page, version: string): Promise<void> {
  await expect.poll(() => shells(page), { timeout: 20_000 }).toContain(shellOf(version));
  await page.evaluate(async () => {
    const { installing, waiting } = await navigator.serviceWorker.ready;
    const next = installing ?? waiting;
    if (next === null) return;
    await new Promise((done) => {
      next.onstatechange = () => next.state === "activated" && done(undefined);
    });
  });
}

test("a page is never older than the last deploy, nor is what opens without a network", async () => {
  const site = await Deploys.begin();
  const page = await browser.newPage();
  site.deploy("first");
  await page.goto(site.url);
  await page.evaluate(() => navigator.serviceWorker.register("/service-worker.js"));
  await isKept(page, "first");

  for (const title of ["second", "third"]) {
    site.deploy(title);
    await page.reload();
    expect(await page.evaluate(() => document.head.querySelector("title")?.text)).toBe(title);
    await isKept(page, title);
  }
  // An open tab may still ask for files of the deploy before; those before that are gone.
  await expect.poll(() => shells(page)).toEqual([shellOf("second"), shellOf("third")]);

  // In the middle of a deploy: a worker that is newer than its page is not installed.
  site.announce("fourth", "<!doctype html>not here yet");
  const outcome = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const ended = new Promise((done) => {
      registration.onupdatefound = () => {
        const next = registration.installing;
        if (next !== null) next.onstatechange = () => done(next.state);
      };
    });
    await registration.update();
    return ended;
  });
  expect(outcome).toBe("redundant");
  expect(await shells(page)).toEqual([shellOf("second"), shellOf("third")]);

  await site.end();
  await page.reload();
  expect(await page.evaluate(() => document.head.querySelector("title")?.text)).toBe("third");
});
