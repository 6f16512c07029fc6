import { appendFileSync, fsyncSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import "fake-indexeddb/auto";
import { afterEach, expect, test, vi } from "vitest";
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

vi.mock(import("node:fs"), async (original) => {
  const fs = await original();
  return { ...fs, fsyncSync: vi.fn(fs.fsyncSync) };
});

afterEach(() => vi.restoreAllMocks());

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

/** Whether each of two rows, the second of them durable, waits for the disk. */
async function waits(store: ClientStore, hasWaited: () => boolean): Promise<boolean[]> {
  await store.open("device01");
  await store.enqueue(draft("a"));
  const plain = hasWaited();
  await store.enqueue({ ...draft("b"), durable: true });
  const durable = hasWaited();
  await store.enqueue(draft("c"));
  await store.close();
  return [plain, durable, hasWaited()];
}

test("a durable row in a file waits for the disk, and no other", async () => {
  const place = folder((path) => fileStore(path));
  const synced = vi.mocked(fsyncSync);
  const hasWaited = () => {
    const waited = synced.mock.calls.length > 0;
    synced.mockClear();
    return waited;
  };
  expect(await waits(place.open(), hasWaited)).toEqual([false, true, false]);
  await place.clean();
});

test("a durable row in node:sqlite waits for the disk, and no other", async () => {
  const place = folder((path) => sqliteStore(path));
  const run = vi.spyOn(DatabaseSync.prototype, "exec");
  const hasWaited = () => run.mock.lastCall?.[0] === "PRAGMA synchronous = FULL";
  expect(await waits(place.open(), hasWaited)).toEqual([false, true, false]);
  await place.clean();
});

test("a durable row in IndexedDB waits for the disk, and no other", async () => {
  const begin = vi.spyOn(IDBDatabase.prototype, "transaction");
  const hasWaited = () => begin.mock.lastCall?.[2]?.durability === "strict";
  const store = indexedDbStore("durable rows");
  expect(await waits(store, hasWaited)).toEqual([false, true, false]);
});

test.each([
  ["a file", (path: string) => fileStore(path, { durable: true })],
  ["node:sqlite", (path: string) => sqliteStore(path, { durable: true })],
])("no row takes back what %s was told of all rows", async (_, open) => {
  const place = folder(open);
  const synced = vi.mocked(fsyncSync);
  const run = vi.spyOn(DatabaseSync.prototype, "exec");
  const store = place.open();
  await store.open("device01");
  synced.mockClear();
  await store.enqueue({ ...draft("a"), durable: false });
  const isFull = run.mock.lastCall?.[0] === "PRAGMA synchronous = FULL";
  expect(synced.mock.calls.length > 0 || isFull).toBe(true);
  await store.close();
  await place.clean();
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
