/** Bytes that wait to be uploaded, in a database of their own: a large file slows no message down. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { FilePlatform, UploadStore } from "../files.ts";
import { webFiles } from "./web-files.ts";

interface Kept {
  readonly at: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface Schema extends DBSchema {
  bytes: { key: string; value: Kept; indexes: { at: number } };
}

export function indexedDbFiles(): FilePlatform {
  return webFiles((name) => new IndexedDbUploads(`${name}:uploads`));
}

class IndexedDbUploads implements UploadStore {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  put(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.#do(async (database) => {
      // Strict: what waits for a network that is away for long may see a power cut.
      const tx = database.transaction("bytes", "readwrite", { durability: "strict" });
      await Promise.all([tx.store.put({ at: Date.now(), bytes }, key), tx.done]);
    });
  }

  get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#do(async (database) => (await database.get("bytes", key))?.bytes);
  }

  delete(key: string): Promise<void> {
    return this.#do((database) => database.delete("bytes", key));
  }

  keys(): Promise<readonly { readonly key: string; readonly at: number }[]> {
    return this.#do(async (database) => {
      const found: { key: string; at: number }[] = [];
      const index = database.transaction("bytes").store.index("at");
      for await (const cursor of index.iterate()) {
        found.push({ key: cursor.primaryKey, at: cursor.value.at });
      }
      return found;
    });
  }

  /** Open only as long as it is used: files are rare, and nothing has to end it. */
  async #do<Result>(work: (database: IDBPDatabase<Schema>) => Promise<Result>): Promise<Result> {
    const database = await openDB<Schema>(this.#name, 1, {
      upgrade: (fresh) => void fresh.createObjectStore("bytes").createIndex("at", "at"),
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    });
    try {
      return await work(database);
    } finally {
      database.close();
    }
  }
}
