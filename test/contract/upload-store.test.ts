/** Where bytes wait to be uploaded: every store keeps them alike. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import "fake-indexeddb/auto";
import { describe, expect, test } from "vitest";
import type { UploadStore } from "../../client/files.ts";
import { indexedDbFiles } from "../../client/platform/indexeddb-files.ts";
import { nodeFiles } from "../../client/platform/node-files.ts";
import { FakeFiles } from "../support/client/fake-files.ts";

interface Place {
  /** Again over what was kept before. */
  open(): UploadStore;
  clean(): void;
}

function folder(): Place & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "holdfast-uploads-"));
  return {
    path,
    open: () => nodeFiles(path).openUploads("holdfast:https://chat.test:alice"),
    clean: () => rmSync(path, { recursive: true, force: true }),
  };
}

let places = 0;

function database(): Place {
  places += 1;
  const name = `uploads ${places}`;
  return { open: () => indexedDbFiles().openUploads(name), clean: () => {} };
}

function memory(): Place {
  const files = new FakeFiles();
  return { open: () => files.openUploads("store"), clean: () => {} };
}

const BYTES = Uint8Array.from([0, 255, 13, 10]);

describe.each([
  ["files", folder],
  ["IndexedDB", database],
  ["the tests' own", memory],
] as const)("bytes kept in %s", (_, make) => {
  test("are there after a restart, under their key alone, until they are deleted", async () => {
    const place = make();
    await place.open().put("key-1/file", BYTES);
    await place.open().put("key-1/thumbnail", BYTES.slice(0, 1));
    expect(await place.open().get("key-1/file")).toEqual(BYTES);
    expect(await place.open().get("key-1/thumbnail")).toEqual(BYTES.slice(0, 1));
    expect(await place.open().get("key-2/file")).toBeUndefined();
    await place.open().delete("key-1/file");
    await place.open().delete("key-1/file");
    expect(await place.open().get("key-1/file")).toBeUndefined();
    const keys = await place.open().keys();
    expect(keys.map(({ key }) => key)).toEqual(["key-1/thumbnail"]);
    place.clean();
  });

  test("are replaced by what comes later under the same key", async () => {
    const place = make();
    const store = place.open();
    await store.put("k/file", BYTES);
    await store.put("k/file", new Uint8Array(9));
    expect(await store.get("k/file")).toEqual(new Uint8Array(9));
    expect(await store.keys()).toHaveLength(1);
    place.clean();
  });

  test("of an empty place are none", async () => {
    const place = make();
    expect(await place.open().keys()).toEqual([]);
    expect(await place.open().get("k/file")).toBeUndefined();
    await place.open().delete("k/file");
    place.clean();
  });
});

test("when bytes were kept is told, so that what nobody waits for can go", async () => {
  const place = folder();
  const before = Date.now() - 5_000;
  for (const store of [place.open(), indexedDbFiles().openUploads("times")]) {
    await store.put("k/file", BYTES);
    const [kept] = await store.keys();
    expect(kept?.at).toBeGreaterThan(before);
    expect(kept?.at).toBeLessThan(before + 60_000);
  }
  place.clean();
});

test("a file that a crash cut short is not taken for the bytes", async () => {
  const place = folder();
  await place.open().put("k/file", BYTES);
  const folderOf = join(place.path, "holdfast_https_chat.test_alice.uploads");
  writeFileSync(join(folderOf, `${encodeURIComponent("other/file")}.new`), "half");
  expect(await place.open().get("other/file")).toBeUndefined();
  expect(await place.open().get("k/file")).toEqual(BYTES);
  place.clean();
});
