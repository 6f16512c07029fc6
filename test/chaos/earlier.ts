/**
 * Earlier versions of the Worker, as they were built, so that a test can run one without its
 * history: `node test/chaos/record.ts NAME` keeps the present one.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";

/** The first schema of users' objects: before groups, files and search. */
export const SCHEMA_1 = "schema-1";

export function keptAs(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}.js.br`, import.meta.url));
}

/** The path of its script, ready to run. */
export async function earlierVersion(name: string): Promise<string> {
  const script = brotliDecompressSync(await readFile(keptAs(name)));
  // The runtime takes only what lies below the directory that it is started in.
  const directory = resolve("dist/earlier");
  await mkdir(directory, { recursive: true });
  const path = `${directory}/${name}.js`;
  await writeFile(path, script);
  return path;
}
