import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { launchChromium } from "../support/chromium.ts";

let browser: Browser;
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html").end("<!doctype html><title>here</title>");
  });
  new WebSocketServer({ server }).on("connection", (socket) => {
    socket.on("message", (data) => socket.send(`echo ${data}`));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://localhost:${(server.address() as AddressInfo).port}/`;
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

test("a page on localhost has IndexedDB, Web Locks and WebSocket", async () => {
  const page = await browser.newPage();
  await page.goto(url);
  expect(await page.title()).toBe("here");

  const stored = await page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const open = indexedDB.open("proof", 1);
      open.onupgradeneeded = () => open.result.createObjectStore("rows");
      open.onsuccess = () => resolve(open.result);
      open.onerror = () => reject(open.error);
    });
    const transaction = database.transaction("rows", "readwrite");
    transaction.objectStore("rows").put("kept", 1);
    return new Promise((resolve) => {
      const get = transaction.objectStore("rows").get(1);
      get.onsuccess = () => resolve(get.result);
    });
  });
  expect(stored).toBe("kept");

  const locks = await page.evaluate(() =>
    navigator.locks.request("leader", () =>
      navigator.locks.request("leader", { ifAvailable: true }, (second) => second === null),
    ),
  );
  expect(locks).toBe(true);

  const echoed = await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(location.href.replace("http", "ws"));
        socket.onopen = () => socket.send("hello");
        socket.onmessage = (event) => resolve(event.data);
        socket.onerror = () => reject(new Error("socket failed"));
      }),
  );
  expect(echoed).toBe("echo hello");
});

test("web security is on: a page cannot read another origin", async () => {
  const page = await browser.newPage();
  await page.goto(url);
  const read = await page.evaluate(
    (other) =>
      fetch(other).then(
        () => "read",
        () => "refused",
      ),
    url.replace("localhost", "127.0.0.1"),
  );
  expect(read).toBe("refused");
});
