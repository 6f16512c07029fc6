/** Files and pictures, from the picker to the other side's screen. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { changeSettings } from "../support/accounts.ts";
import { ChatWindow, openStage, type Stage } from "./page.ts";

/** A real picture of one pixel, and one that is none. */
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await changeSettings(stage.server.url, { rateBurst: 10_000, ratePerSecond: 10_000 });
});

afterAll(() => stage?.close());

async function pair() {
  const context = await stage.context();
  const alice = await ChatWindow.open(context, "alice", "bob");
  const bob = await ChatWindow.open(await stage.context(), "bob", "alice");
  return { alice, bob };
}

async function choose(window: ChatWindow, files: Parameters<typeof setFiles>[1]): Promise<void> {
  await window.page.getByRole("button", { name: "Attach" }).click();
  await setFiles(window, files);
}

type Chosen = { readonly name: string; readonly mimeType: string; readonly buffer: Buffer };

async function setFiles(window: ChatWindow, files: readonly Chosen[]): Promise<void> {
  await window.page.locator('input[type="file"]').setInputFiles([...files]);
}

test("a picture and a file are staged, sent with words, seen and opened on the other side", async () => {
  const { alice, bob } = await pair();
  await choose(alice, [
    { name: "pixel.png", mimeType: "image/png", buffer: PIXEL },
    { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("hold fast") },
  ]);
  const staged = alice.page.getByRole("list", { name: "Files to send" });
  await expect.poll(() => staged.getByRole("listitem").count()).toBe(2);
  await alice.send("look at this");
  await expect.poll(() => staged.count()).toBe(0);

  const picture = bob.page.getByRole("button", { name: "Open pixel.png" });
  await picture.locator("img").waitFor();
  const size = () =>
    picture.locator("img").evaluate((image) => (image as HTMLImageElement).naturalWidth);
  await expect.poll(size).toBe(1);
  await bob.page.getByText("look at this").first().waitFor();

  await picture.click();
  const lightbox = bob.page.getByRole("dialog", { name: "pixel.png" });
  await lightbox.locator("img").waitFor();
  await bob.page.keyboard.press("Escape");
  await expect.poll(() => lightbox.count()).toBe(0);

  const row = bob.page.getByRole("button", { name: "Download notes.txt" });
  const [download] = await Promise.all([bob.page.waitForEvent("download"), row.click()]);
  expect(download.suggestedFilename()).toBe("notes.txt");
  expect(stage.problems).toEqual([]);
});

test("what is staged can be taken out, and what is recalled is gone on the other side", async () => {
  const { alice, bob } = await pair();
  await choose(alice, [{ name: "wrong.png", mimeType: "image/png", buffer: PIXEL }]);
  await alice.page.getByRole("button", { name: "Take wrong.png out" }).click();
  await choose(alice, [{ name: "secret.png", mimeType: "image/png", buffer: PIXEL }]);
  await alice.page.getByRole("button", { name: "Send" }).click();
  const picture = bob.page.getByRole("button", { name: "Open secret.png" });
  await picture.locator("img").waitFor();
  const sent = alice.page.getByRole("article", { name: /secret.png/ });
  await sent.hover();
  await sent.getByRole("button", { name: "Actions" }).click();
  await alice.page.getByRole("menuitem", { name: "Take back" }).click();
  await bob.page.getByText("alice took this message back.").first().waitFor();
  await expect.poll(() => picture.count()).toBe(0);
  expect(await bob.page.getByText("wrong.png").count()).toBe(0);
});

test("a place is a card with a link, and nothing is fetched for it", async () => {
  const context = await stage.context({
    geolocation: { latitude: 52.52, longitude: 13.405, accuracy: 12 },
    permissions: ["geolocation"],
  });
  const alice = await ChatWindow.open(context, "ann", "ben");
  await alice.page.getByRole("button", { name: "Attach" }).click();
  await alice.page.getByRole("menuitem", { name: "Where I am" }).click();
  const ben = await ChatWindow.open(await stage.context(), "ben", "ann");
  await ben.page.getByText("52.5200°, 13.4050°").waitFor();
  const link = ben.page.getByRole("link", { name: "Show on a map" });
  expect(await link.getAttribute("rel")).toContain("noopener");
});

test("a caption is edited, given and taken away, by the menu and by the key", async () => {
  const alice = await ChatWindow.open(await stage.context(), "cara", "dora");
  const { page } = alice;
  await choose(alice, [{ name: "cat.png", mimeType: "image/png", buffer: PIXEL }]);
  await page.getByRole("button", { name: "Send" }).click();
  await alice.reaches("cat.png", ["Sent", "Delivered"]);
  const dora = await ChatWindow.open(await stage.context(), "dora", "cara");
  await dora.page.getByRole("button", { name: "Open cat.png" }).waitFor();

  const field = page.getByRole("textbox", { name: "Edit the caption" });
  await alice.composer.press("ArrowUp");
  expect(await field.inputValue()).toBe("");
  await field.fill("a dog");
  await field.press("Enter");
  await dora.shows(["a dog"]);
  await alice.act("cat.png: a dog", "Edit the caption");
  expect(await field.inputValue()).toBe("a dog");
  await field.fill("a cat");
  await page.getByRole("button", { name: "Save" }).click();
  await dora.shows(["a cat"]);

  await alice.act("cat.png: a cat", "Edit the caption");
  await field.fill("");
  await field.press("Enter");
  await dora.shows([]);
  await dora.page.getByRole("button", { name: "Open cat.png" }).waitFor();
  await alice.composer.waitFor();
  expect(stage.problems).toEqual([]);
});

test("an edit that changes nothing is none", async () => {
  const alice = await ChatWindow.open(await stage.context(), "elsa", "fay");
  await alice.send("as it is");
  await alice.reaches("as it is", ["Sent", "Delivered"]);
  await alice.composer.press("ArrowUp");
  await alice.composer.press("Enter");
  await alice.send("next");
  await alice.reaches("next", ["Sent", "Delivered"]);
  expect(await alice.page.getByText("edited").count()).toBe(0);
});
