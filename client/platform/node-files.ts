/** Bytes that wait to be uploaded, each in a file of its own. One process at a time. */
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { FilePlatform, UploadStore } from "../files.ts";
import { webFiles } from "./web-files.ts";

/** `directory`: where the stores are kept. */
export function nodeFiles(directory: string): FilePlatform {
  return webFiles((name) => new FileUploads(join(directory, `${fileName(name)}.uploads`)));
}

class FileUploads implements UploadStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Beside its place first, so that what is there is whole. */
  async put(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    const beside = `${this.#path(key)}.new`;
    const file = await open(beside, "w", 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, this.#path(key));
  }

  async get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const bytes = await ifThere(readFile(this.#path(key)));
    return bytes === undefined ? undefined : new Uint8Array(bytes);
  }

  async delete(key: string): Promise<void> {
    await rm(this.#path(key), { force: true });
  }

  async keys(): Promise<readonly { readonly key: string; readonly at: number }[]> {
    const names = (await ifThere(readdir(this.#directory))) ?? [];
    const found = names.map(async (name) => {
      const about = await ifThere(stat(join(this.#directory, name)));
      return about === undefined ? [] : [{ key: decodeURIComponent(name), at: about.mtimeMs }];
    });
    return (await Promise.all(found)).flat();
  }

  #path(key: string): string {
    return join(this.#directory, encodeURIComponent(key));
  }
}

function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9._@-]+/g, "_");
}

async function ifThere<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
