import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { ChatWindow, openStage, type Stage } from "./page.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => expect(stage.problems).toEqual([]));
afterAll(() => stage?.close());

const texts = (count: number, name: string) =>
  Array.from({ length: count }, (_, index) => `${name} ${index + 1}`);

test("a page reloaded in the middle of a send delivers all of it by itself, in order, once", async () => {
  const alice = await ChatWindow.open(await stage.context(), "alice", "bob");
  const bob = await ChatWindow.open(await stage.context(), "bob", "alice");
  await alice.status("Online");
  const sent: string[] = [];
  for (let round = 1; round <= 4; round += 1) {
    const burst = texts(5, `round ${round} message`);
    for (const text of burst) await alice.send(text);
    sent.push(...burst);
    await alice.message(`round ${round} message 5`).waitFor();
    // They are on their way; some of them may not even have left.
    await alice.page.reload();
    await alice.composer.waitFor();
  }
  await bob.shows(sent);
  await alice.shows(sent);
  await alice.reaches("round 4 message 5", ["Delivered", "Read"]);
});

test("a page reloaded before a text is in the store has it in the composer again, or sent", async () => {
  const context = await stage.context();
  const mia = await ChatWindow.open(context, "mia", "nora");
  await mia.status("Online");
  const sent: string[] = [];
  for (let round = 1; round <= 5; round += 1) {
    const text = `in a hurry ${round}`;
    await mia.composer.fill(text);
    await mia.page.evaluate(() => {
      const enter = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true });
      document.activeElement?.dispatchEvent(enter);
      location.reload();
    });
    await mia.page.waitForEvent("load");
    await mia.composer.waitFor();
    const again = () => mia.composer.inputValue().then((value) => value === text);
    const listed = () => mia.message(text).isVisible();
    await expect.poll(async () => (await again()) || (await listed())).toBe(true);
    if (await again()) await mia.send(text);
    await mia.message(text).waitFor();
    sent.push(text);
  }
  const nora = await ChatWindow.open(await stage.context(), "nora", "mia");
  await nora.shows(sent);
});

test("what is sent while offline waits, is counted, and goes out by itself", async () => {
  const context = await stage.context();
  const carol = await ChatWindow.open(context, "carol", "dave");
  const dave = await ChatWindow.open(await stage.context(), "dave", "carol");
  await carol.send("before");
  await carol.reaches("before", ["Delivered", "Read"]);

  await context.setOffline(true);
  await carol.status("Offline");
  const offline = texts(10, "offline");
  for (const text of offline) await carol.send(text);
  await carol.status("10 waiting");
  expect(await carol.state("offline 10")).toBe("Waiting");
  expect(await dave.texts()).toEqual(["before"]);

  await context.setOffline(false);
  await dave.shows(["before", ...offline]);
  await carol.reaches("offline 10", ["Delivered", "Read"]);
  await carol.shows(["before", ...offline]);
});

test("offline, reloaded as soon as the network is back: nothing typed is lost", async () => {
  const context = await stage.context();
  const erin = await ChatWindow.open(context, "erin", "frank");
  await erin.status("Online");
  await context.setOffline(true);
  await erin.status("Offline");
  await erin.send("kept over the reload");
  await erin.status("1 waiting");
  await erin.composer.fill("and a draft");
  await context.setOffline(false);
  await erin.page.reload();
  await erin.composer.waitFor();
  expect(await erin.composer.inputValue()).toBe("and a draft");
  const frank = await ChatWindow.open(await stage.context(), "frank", "erin");
  await frank.shows(["kept over the reload"]);
});

test("workerd killed while both write: both end with the same, once", async () => {
  const grace = await ChatWindow.open(await stage.context(), "grace", "heidi");
  const heidi = await ChatWindow.open(await stage.context(), "heidi", "grace");
  await grace.send("first");
  await heidi.message("first").waitFor();
  const kill = stage.server.killWorkerd();
  for (const text of texts(3, "during")) await grace.send(text);
  await heidi.send("me too");
  await kill;
  await expect
    .poll(async () => (await heidi.texts()).toSorted(), { timeout: 60_000 })
    .toEqual(["during 1", "during 2", "during 3", "first", "me too"]);
  await grace.shows(await heidi.texts());
});

test("the reliability lab: a cut shows the queue, lost acks are made good", async () => {
  const ivan = await ChatWindow.open(await stage.context(), "ivan", "judy");
  const judy = await ChatWindow.open(await stage.context(), "judy", "ivan");
  await ivan.page.getByRole("button", { name: "Reliability lab" }).click();
  const lab = ivan.page.getByRole("region", { name: "Reliability lab" });
  await lab.getByRole("switch", { name: "Cut the network" }).click();
  await lab.getByRole("button", { name: "Send 10" }).click();
  await ivan.status("10 waiting");
  await lab.getByRole("button", { name: "All well again" }).click();
  await judy.shows(texts(10, "Number").map((text) => `${text} of a burst`));

  await lab.getByRole("switch", { name: "Lose acks" }).click();
  await judy.send("shown, but not acked");
  await ivan.message("shown, but not acked").waitFor();
  await lab.getByText("lost: ack").first().waitFor();
  expect(await judy.state("shown, but not acked")).toBe("Sent");
  await lab.getByRole("button", { name: "All well again" }).click();
  await lab.getByRole("button", { name: "Drop the socket" }).click();
  await judy.reaches("shown, but not acked", ["Delivered", "Read"]);
});

test("the lab kills the server's object, and nothing is lost", async () => {
  const kim = await ChatWindow.open(await stage.context(), "kim", "lea");
  const lea = await ChatWindow.open(await stage.context(), "lea", "kim");
  await kim.page.getByRole("button", { name: "Reliability lab" }).click();
  const lab = kim.page.getByRole("region", { name: "Reliability lab" });
  await lab.getByRole("button", { name: "Send 10" }).click();
  await lab.getByRole("button", { name: "Kill kim's server object" }).click();
  await lab.getByRole("button", { name: "Kill lea's server object" }).click();
  await lab.getByText("Killed").waitFor();
  await lea.shows(texts(10, "Number").map((text) => `${text} of a burst`));
  await kim.reaches("Number 10 of a burst", ["Delivered", "Read"]);
});
