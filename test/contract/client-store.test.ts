import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import { memoryStore } from "../../client/memory-store.ts";
import { fileStore } from "../../client/platform/file-store.ts";
import { indexedDbStore } from "../../client/platform/indexeddb.ts";
import { sqliteStore } from "../../client/platform/node-sqlite.ts";
import type { ClientStore } from "../../client/store.ts";
import { clientStoreContract, draft, type StorePlace, stored } from "./client-store.ts";

function folder(open: (path: string) => ClientStore): StorePlace & { readonly path: string } {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-store-"));
  const path = join(directory, "store");
  return {
    path,
    durable: true,
    open: () => open(path),
    clean: () => rmSync(directory, { recursive: true, force: true }),
  };
}

let databases = 0;

clientStoreContract("memory", () => ({ durable: false, open: memoryStore, clean: () => {} }));
clientStoreContract("file", () => folder((path) => fileStore(path)));
clientStoreContract("file, durable", () => folder((path) => fileStore(path, { durable: true })));
clientStoreContract("node:sqlite", () => folder((path) => sqliteStore(path)));
clientStoreContract("IndexedDB", () => {
  databases += 1;
  const name = `contract ${databases}`;
  return { durable: true, open: () => indexedDbStore(name), clean: () => {} };
});

test("a line that a crash cut short is a transaction that never was", async () => {
  const place = folder((path) => fileStore(path));
  const store = place.open();
  await store.open("device01");
  await store.enqueue(draft("a"));
  await store.close();
  appendFileSync(place.path, '{"op":"enqueue","row":{"key":"b","coun');
  const again = place.open();
  expect((await again.open("")).outbox.map(({ key }) => key)).toEqual(["a"]);
  expect((await again.enqueue(draft("c"))).counter).toBe(2);
  await again.close();
  const last = place.open();
  expect((await last.open("")).outbox.map(({ key }) => key)).toEqual(["a", "c"]);
  await last.close();
  await place.clean();
});

test("a long journal is rewritten without losing a row", async () => {
  const place = folder((path) => fileStore(path));
  const store = place.open();
  await store.open("device01");
  await store.claim();
  for (let seq = 1; seq <= 2_100; seq += 1) {
    await store.apply({ epoch: 1, meta: { stored: seq }, entries: [stored(seq, seq)] });
  }
  await store.enqueue(draft("a"));
  const before = await store.read();
  await store.close();
  const again = place.open();
  expect(await again.open("")).toEqual(before);
  expect(await again.range("direct:alice,bob", 1, 3_000)).toHaveLength(2_100);
  expect(readFileSync(place.path, "utf8").split("\n").length).toBeLessThan(20);
  await again.close();
  await place.clean();
});
