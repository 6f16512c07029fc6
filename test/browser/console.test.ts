import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { FAST, Stage } from "../support/stage.ts";
import { violations } from "./axe.ts";
import { LATE, MESSAGES, READER, Traffic } from "./console-traffic.ts";

let stage: Stage;
let traffic: Traffic;
let browser: Browser;
let page: Page;
let lateMessage: string;
const complaints: string[] = [];

/** What the console shows is asked for every 4 s. */
const LIVE = { timeout: 20_000, interval: 250 };

beforeAll(async () => {
  stage = await Stage.open({ ...FAST, statsMs: 1_000, statsCounts: 1_000_000 });
  traffic = await Traffic.begin(stage);
  for (let sent = 0; sent < MESSAGES; sent += 1) await traffic.say(READER.user);
  lateMessage = await traffic.say(LATE.user);
  await traffic.ackLate();
  browser = await launchChromium();
  page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: "en" });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (line) => {
    // What breaks the page's policy is told as an error; so is each refusal by the server.
    const isRefusal = line.text().startsWith("Failed to load resource");
    if (line.type() === "error" && !isRefusal) complaints.push(line.text());
  });
});

afterAll(async () => {
  await browser?.close();
  traffic?.end();
  await stage?.close();
});

function openView(path: string): Promise<unknown> {
  return page.goto(`${stage.server.url}/ops${path}`);
}

async function figure(label: string): Promise<string> {
  const card = page.locator(".figure", { hasText: label });
  return (await card.locator(".figure-value").textContent()) ?? "";
}

/** The panel's table, cells as text. */
async function tableOf(title: string): Promise<readonly (readonly string[])[]> {
  const panel = page.getByRole("region", { name: title, exact: true }).first();
  await panel.getByRole("button", { name: "Table" }).click();
  const rows = await panel.locator("tbody tr").all();
  return Promise.all(rows.map((row) => row.locator("td").allInnerTexts()));
}

test("whoever is no operator is asked for a token, and an ordinary one is refused", async () => {
  await openView("");
  await page.getByRole("heading", { name: "Holdfast console" }).waitFor();
  const response = await fetch(`${stage.server.url}/v1/dev/sign-in`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user: "bob" }),
  });
  const { token } = (await response.json()) as { token: string };
  await page.getByLabel("Operator's access token").fill(token);
  await page.getByRole("button", { name: "Enter", exact: true }).click();
  await page.getByText("This token is not an operator's.").waitFor();

  await page.getByRole("button", { name: "Enter as operator" }).click();
  await page.getByRole("navigation").waitFor();
});

test("the overview counts what was sent, and goes on counting without a reload", async () => {
  const accepted = async () => {
    await traffic.stir();
    return figure("Accepted");
  };
  await expect.poll(accepted, LIVE).toBe(String(MESSAGES + 1));
  for (let sent = 0; sent < 3; sent += 1) await traffic.say(READER.user);
  await expect.poll(accepted, LIVE).toBe(String(MESSAGES + 4));
  expect(await figure("Given up")).toBe("0");
});

test("outcomes tell the retry apart from first pushes, and add up to what was pushed", async () => {
  await openView("/delivery");
  const outcomes = async () => Object.fromEntries((await outcomeRows()).map(([a, b]) => [a, b]));
  await expect
    .poll(async () => {
      await traffic.stir();
      return outcomes();
    }, LIVE)
    .toMatchObject({ "On retry 1": "1", "On retry 2": "0", "Given up": "0", Pending: "0" });
  const all = await outcomes();
  // Each message goes to the sender's own device and to the reader's; receipts come on top.
  expect(Number(all["Acked at first push"])).toBeGreaterThanOrEqual(2 * (MESSAGES + 3) + 1);
});

/** The panel of totals beside the chart over time. */
async function outcomeRows(): Promise<readonly (readonly string[])[]> {
  const panel = page.getByRole("region", { name: "Outcome of every push", exact: true });
  const bars = await panel.locator(".bars li").all();
  return Promise.all(
    bars.map(async (bar) => [
      (await bar.locator(".bar-label").textContent()) ?? "",
      (await bar.locator(".bar-value").textContent())?.split(" ")[0] ?? "",
    ]),
  );
}

test("a panel is a chart, a table with the same figures, a definition, and a file", async () => {
  await openView("/delivery");
  const panel = page.getByRole("region", { name: "Sending", exact: true });
  await panel.locator("canvas").waitFor();
  await panel.getByRole("button", { name: /What is this/ }).click();
  await page.getByText("Accepted: messages that got their number.").waitFor();
  await page.keyboard.press("Escape");
  const rows = await tableOf("Sending");
  const accepted = rows.reduce((sum, row) => sum + Number(row[1]), 0);
  expect(accepted).toBe(MESSAGES + 4);

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    panel.getByRole("button", { name: "CSV" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("holdfast-Sending.csv");
});

test("the console says why entries were late, how long they took, and with which heartbeats", async () => {
  await openView("/delivery");
  const late = page.getByRole("region", { name: "Why late", exact: true });
  const slow = late.locator("li", { hasText: "Client slow: acked on a retry" });
  await expect.poll(() => slow.locator(".bar-value").textContent(), LIVE).toBe("1");
  const arrivals = page.getByRole("region", { name: "From end to end: on a device" });
  await arrivals.locator("canvas").waitFor();
  await openView("/connections");
  const heartbeats = page.getByRole("region", { name: "Heartbeats", exact: true });
  await heartbeats.getByText(/^0.?% of all connections followed a missed heartbeat/).waitFor();
});

test("what was given up can be offered again where it has a number, and only there", async () => {
  const numbered = { id: "ada:ada-device:7", conversation: "direct:ada,bob", at: 1 };
  const handOffs = [
    { ...numbered, failed: "expired", replayable: true },
    { ...numbered, id: "ada:ada-device:8", failed: "not-found", replayable: false },
  ];
  const asked: string[] = [];
  await page.route("**/v1/users/ada/hand-offs**", (route) => {
    const request = route.request();
    asked.push(`${request.method()} ${decodeURIComponent(new URL(request.url()).pathname)}`);
    return route.fulfill({ json: { handOffs } });
  });
  await openView("/users?user=ada");
  const offer = page.getByRole("button", { name: "Offer again" });
  await offer.click();
  await page.getByText("Offered again.").waitFor();
  expect(await offer.count()).toBe(1);
  expect(asked).toContain("POST /v1/users/ada/hand-offs/ada:ada-device:7/replay");
  await page.unroute("**/v1/users/ada/hand-offs**");
});

test("retries are shown by attempt and strategy", async () => {
  await openView("/retries");
  const panel = page.getByRole("region", { name: "Retries by attempt" });
  await panel.getByText("Retry 1, Fixed").waitFor();
  await panel.getByText("Acked here 1").waitFor();
});

test("the time is in the address, and a time without traffic says what to do", async () => {
  await openView("?from=1000&to=900000");
  await page.getByText("npm run demo-traffic").first().waitFor();
  await page.getByLabel("Time", { exact: true }).selectOption("6h");
  await expect.poll(() => page.url()).toContain("range=6h");
  await page.getByRole("link", { name: "Cost", exact: true }).click();
  await expect.poll(() => page.url()).toContain("/ops/cost?range=6h");
  await page.goBack();
  await expect.poll(() => new URL(page.url()).pathname).toBe("/ops");
});

test("a message is traced from its home to each device, with its retry", async () => {
  await openView("/trace");
  await page.getByLabel("Message id").fill("nonsense");
  await page.getByRole("button", { name: "Trace" }).click();
  await page.getByText("This is no message id.").waitFor();
  await page.getByLabel("Message id").fill(lateMessage);
  await page.getByRole("button", { name: "Trace" }).click();

  const story = page.getByRole("region", { name: "Trace of a message" });
  await story.getByText(`Arrived at ${LATE.user}`).waitFor();
  const lane = story.locator("li", { hasText: LATE.device });
  await expect.poll(() => lane.textContent()).toMatch(/acked · retry, 2 attempts, after/);
  expect(await story.textContent()).not.toContain("number 13");

  await page.reload();
  await story.getByText(`Arrived at ${LATE.user}`).waitFor();
});

test("a message is found by its user and time", async () => {
  await openView("/trace");
  await page.getByLabel("Find a message by user and time").fill(LATE.user);
  await page.getByRole("button", { name: "Find" }).click();
  await page.locator(".found a", { hasText: lateMessage }).click();
  await page.getByText(`Arrived at ${LATE.user}`).waitFor();
});

test("a setting is changed by its rule, stands in the history, and is undone", async () => {
  const inForce = async () => {
    const response = await fetch(`${stage.server.url}/v1/limits`);
    const { settings } = (await response.json()) as { settings: { windowEntries: number } };
    return settings.windowEntries;
  };
  const before = await inForce();
  await openView("/policy");
  const field = page.getByLabel("windowEntries");
  const save = page.getByRole("button", { name: "Save changes" });
  await field.fill("0");
  expect(await field.getAttribute("aria-invalid")).toBe("true");
  expect(await save.isDisabled()).toBe(true);

  await field.fill("32");
  await save.click();
  await page.getByText(`windowEntries: ${before} → 32`).waitFor();
  await expect.poll(inForce, LIVE).toBe(32);
  expect(await save.isDisabled()).toBe(true);

  await page.getByRole("button", { name: "Undo" }).first().click();
  await page.getByText(`windowEntries: 32 → ${before}`).waitFor();
  await expect.poll(inForce, LIVE).toBe(before);
});

test("a retry strategy of its own is given to a platform", async () => {
  await openView("/policy");
  await page.getByLabel("Add a platform").fill("tv");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByLabel("Strategy for tv").selectOption("adaptive");
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByText(/retry: .*→ .*tv:{kind:adaptive/).waitFor();
});

test("a device is looked at and revoked, after a second thought", async () => {
  await openView(`/users?user=${READER.user}`);
  await page.getByRole("link", { name: READER.device }).click();
  const panel = page.getByRole("region", { name: `Device ${READER.device}` });
  await panel.getByText("None: it has everything.").waitFor();
  await page.getByText("None: everything that was promised has its number.").waitFor();

  const closed = traffic.closingOf(READER.user);
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("button", { name: "Revoke now" }).click();
  expect(await closed).toMatchObject({ code: 4410 });
  await page.getByText(`${READER.user} has no device.`).first().waitFor();
});

const LOOKS = [
  { colorScheme: "light", width: 1280, locale: "en-GB" },
  { colorScheme: "dark", width: 1280, locale: "ar" },
  { colorScheme: "light", width: 360, locale: "ar" },
  { colorScheme: "dark", width: 360, locale: "zh-CN" },
] as const;

const SCREENS = [
  ["", ".key-figures"],
  ["/delivery", ".bars"],
  ["/connections", ".bars"],
  ["/retries", ".bars"],
  ["/cost", "table"],
  [`/trace?user=${LATE.user}&at=1`, ".lookups"],
  [`/users?user=${LATE.user}&device=${LATE.device}`, ".feed-bar"],
  ["/policy", ".setting-fields"],
] as const;

test.for(LOOKS)(
  "axe finds nothing in $colorScheme at $width px in $locale",
  async ({ width, ...look }) => {
    const context = await browser.newContext({ ...look, viewport: { width, height: 740 } });
    const own = await context.newPage();
    await own.goto(`${stage.server.url}/ops`);
    await own.locator("form").waitFor();
    expect(await violations(own), "sign-in").toEqual([]);
    await own.locator("button.primary").click();
    await own.locator(".ops-nav").waitFor();
    const story = [`/trace?message=${lateMessage}`, ".waterfall"] as const;
    for (const [path, shown] of [...SCREENS, story]) {
      await own.goto(`${stage.server.url}/ops${path}`);
      await own.locator(shown).first().waitFor();
      expect(await violations(own), path).toEqual([]);
      const overflow = () => document.documentElement.scrollWidth - innerWidth;
      expect(await own.evaluate(overflow), `${path} scrolls sideways`).toBeLessThanOrEqual(0);
    }
    await context.close();
  },
);

test("nothing of all this made the browser complain", () => {
  expect(complaints).toEqual([]);
});
