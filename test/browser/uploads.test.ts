/** Uploads of a page that is reloaded in the middle; and what a browser makes of pictures before. */
import { crc32, deflateSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { changeSettings } from "../support/accounts.ts";
import { ChatWindow, openStage, type Stage } from "./page.ts";

const WAIT = { timeout: 30_000 };
const MIB = 1_048_576;

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await changeSettings(stage.server.url, { rateBurst: 10_000, ratePerSecond: 10_000 });
});

afterAll(() => stage?.close());

interface Chosen {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

async function sendFile(window: ChatWindow, file: Chosen): Promise<void> {
  await window.page.getByRole("button", { name: "Attach" }).click();
  await window.page.locator('input[type="file"]').setInputFiles([file]);
  await window.page.getByRole("button", { name: "Send" }).click();
}

/** A grey picture of this size, as a file. */
function png(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0], 8);
  const rows = Buffer.alloc((width + 1) * height, 0x80);
  for (let row = 0; row < height; row += 1) rows[row * (width + 1)] = 0;
  const signature = Buffer.from("89504e470d0a1a0a", "hex");
  const body = [chunk("IHDR", header), chunk("IDAT", deflateSync(rows))];
  return Buffer.concat([signature, ...body, chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "ascii"), data]);
  const ends = [Buffer.alloc(4), Buffer.alloc(4)] as const;
  ends[0].writeUInt32BE(data.length);
  ends[1].writeUInt32BE(crc32(named));
  return Buffer.concat([ends[0], named, ends[1]]);
}

test("a page that is reloaded in the middle of an upload goes on with it by itself", async () => {
  const context = await stage.context();
  const alice = await ChatWindow.open(context, "una", "vic");
  const vic = await ChatWindow.open(await stage.context(), "vic", "una");
  const sent: string[] = [];
  context.on("request", (request) => {
    const part = /\/parts\/(\d+)$/.exec(request.url())?.[1];
    if (part !== undefined && request.method() === "PUT") sent.push(part);
  });
  const third = "**/v1/files/*/parts/3";
  await context.route(third, (route) => route.abort());
  const buffer = Buffer.alloc(4 * MIB, "hold fast ");
  await sendFile(alice, { name: "long.txt", mimeType: "text/plain", buffer });
  await expect.poll(() => sent.includes("3"), WAIT).toBe(true);
  await alice.page.reload();
  await context.unroute(third);

  const row = vic.page.getByRole("button", { name: "Download long.txt" });
  await row.waitFor(WAIT);
  // What had arrived was not sent again.
  expect(sent.filter((part) => part === "1")).toHaveLength(1);
  expect(sent.filter((part) => part === "2")).toHaveLength(1);
  const [download] = await Promise.all([vic.page.waitForEvent("download"), row.click()]);
  const pieces: Buffer[] = [];
  for await (const piece of await download.createReadStream()) pieces.push(piece as Buffer);
  expect(Buffer.concat(pieces).equals(buffer)).toBe(true);
});

test("a large picture is seen as a small one first, in its own proportions", async () => {
  const alice = await ChatWindow.open(await stage.context(), "wim", "xia");
  const xia = await ChatWindow.open(await stage.context(), "xia", "wim");
  const buffer = png(1_200, 800);
  await sendFile(alice, { name: "grey.png", mimeType: "image/png", buffer });
  const image = xia.page.getByRole("button", { name: "Open grey.png" }).locator("img");
  await image.waitFor(WAIT);
  const size = () =>
    image.evaluate((shown) => {
      const { naturalWidth, naturalHeight } = shown as HTMLImageElement;
      return [naturalWidth, naturalHeight];
    });
  await expect.poll(size, WAIT).toEqual([480, 320]);
});
