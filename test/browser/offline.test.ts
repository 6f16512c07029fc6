import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { ChatWindow, openStage, type Stage } from "./page.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => expect(stage.problems).toEqual([]));
afterAll(() => stage?.close());

test("opens without a network, shows the last messages, and sends what was written", async () => {
  const context = await stage.context();
  const alice = await ChatWindow.open(context, "alice", "bob");
  const bob = await ChatWindow.open(await stage.context(), "bob", "alice");
  await alice.send("before the tunnel");
  await alice.reaches("before the tunnel", ["Delivered", "Read"]);
  await bob.send("see you on the other side");
  await alice.shows(["before the tunnel", "see you on the other side"]);
  await alice.kept();

  await context.setOffline(true);
  await alice.page.reload();
  await alice.shows(["before the tunnel", "see you on the other side"]);
  await alice.status("Offline");
  await alice.send("written in the tunnel");
  await alice.reaches("written in the tunnel", ["Waiting"]);
  await alice.page.reload();
  await alice.message("written in the tunnel").waitFor();

  await context.setOffline(false);
  await bob.shows(["before the tunnel", "see you on the other side", "written in the tunnel"]);
  await alice.reaches("written in the tunnel", ["Delivered", "Read"]);
});

test("a new window without a network offers whoever has signed in here, settings included", async () => {
  const context = await stage.context();
  const carol = await ChatWindow.open(context, "carol", "dave");
  await carol.send("kept");
  await carol.reaches("kept", ["Sent", "Delivered"]);
  await carol.kept();
  await context.setOffline(true);
  await carol.page.close();

  const page = await context.newPage();
  await page.goto("/");
  await page.getByRole("link", { name: "Continue as carol" }).click();
  await page.getByRole("link", { name: /dave/ }).click();
  await new ChatWindow(page).message("kept").waitFor();
  await page.goto("/?as=carol&panel=settings");
  await page.getByRole("complementary", { name: "Settings" }).waitFor();

  await page.goto("/?as=nobody-here");
  await page.getByRole("alert").waitFor();
});

test("a new device does not say that nobody is here before it knows", async () => {
  const erin = await ChatWindow.open(await stage.context(), "erin", "fred");
  await erin.send("on all my devices");
  await erin.reaches("on all my devices", ["Sent", "Delivered"]);
  const context = await stage.context();
  await context.addInitScript(() => {
    const look = () => {
      const isSaid = document.body?.textContent.includes("Nobody here yet");
      if (isSaid) document.documentElement.dataset["saidEmpty"] = "yes";
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true });
  });
  const second = await ChatWindow.open(context, "erin");
  await second.page.getByRole("link", { name: /fred/ }).waitFor();
  const said = ({ page }: ChatWindow) =>
    page.evaluate(() => document.documentElement.dataset["saidEmpty"]);
  expect(await said(second)).toBeUndefined();
  const newcomer = await ChatWindow.open(context, "gus");
  await newcomer.page.getByText("Nobody here yet").waitFor();
  expect(await said(newcomer)).toBe("yes");
});

test("files named by their hash are kept for good, a missing one is missing, the rest is asked for", async () => {
  const { url } = stage.server;
  const [script] = /\/assets\/[\w-]+\.js/.exec(readFileSync("dist/web/index.html", "utf8")) ?? [];
  const asset = await fetch(`${url}${script}`);
  expect(asset.headers.get("cache-control")).toContain("immutable");
  const gone = await fetch(`${url}/assets/index-gone.js`, { headers: { Accept: "*/*" } });
  expect(gone.status).toBe(404);
  for (const path of ["/", "/service-worker.js", "/manifest.webmanifest"]) {
    const answer = await fetch(`${url}${path}`);
    expect(answer.status, path).toBe(200);
    expect(answer.headers.get("cache-control"), path).toMatch(/no-cache|max-age=0/);
    expect(answer.headers.get("content-security-policy"), path).toContain("trusted-types holdfast");
  }
});
