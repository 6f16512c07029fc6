import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { ChatWindow, openStage, type Stage } from "./page.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => expect(stage.problems).toEqual([]));
afterAll(() => stage?.close());

interface Entries {
  readonly t: string;
  readonly entries?: readonly { readonly seq: number; readonly body: { readonly text?: string } }[];
}

/** A device that refuses every entry with this text, as one does that can't store it. */
async function refuse(page: Page, text: string): Promise<{ stop(): void }> {
  let refuses = true;
  await page.routeWebSocket("**/v1/socket", (socket) => {
    const server = socket.connectToServer();
    server.onMessage((frame) => {
      const { t, entries = [] } = readFrame(frame);
      const poison = entries.find(({ body }) => body.text === text);
      if (!refuses || t !== "entries" || poison === undefined) return socket.send(frame);
      server.send(JSON.stringify({ t: "nack", seq: poison.seq, reason: "can't store it" }));
    });
  });
  return {
    stop: () => {
      refuses = false;
    },
  };
}

function readFrame(frame: string | Buffer): Entries {
  try {
    return JSON.parse(String(frame)) as Entries;
  } catch {
    return { t: "" }; // A heartbeat is no JSON.
  }
}

test("what a device could not take is a placeholder there, until it is asked for again", async () => {
  const context = await stage.context();
  const page = await context.newPage();
  const device = await refuse(page, "poison");
  await page.goto("/?as=bob");
  const bob = new ChatWindow(page);
  await bob.talkTo("alice");
  await bob.status("Online");
  const alice = await ChatWindow.open(await stage.context(), "alice", "bob");
  await alice.send("poison");
  await alice.send("behind it");

  const placeholder = bob.message("This message could not be shown on this device.");
  await placeholder.waitFor();
  await bob.message("behind it").waitFor();
  await context.setOffline(true);
  await bob.status("Offline");
  await placeholder.getByRole("button", { name: "Try again" }).click();
  await placeholder.getByRole("status").getByText("Offline").waitFor();
  await context.setOffline(false);
  await bob.status("Online");

  device.stop();
  await placeholder.getByRole("button", { name: "Try again" }).click();
  await bob.shows(["poison", "behind it"]);
  await placeholder.waitFor({ state: "detached" });
  await page.reload();
  await bob.shows(["poison", "behind it"]);
});
