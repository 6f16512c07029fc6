/** Gzipped bytes of what the browser loads for the page's routes, from the build's manifest. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

type Manifest = Readonly<Record<string, Chunk>>;

const ROOT = "dist/web";
const KB = 1_024;

/**
 * `web` is what the chat needs to show the conversations and to write; `webThread` comes beside it
 * with the first conversation that is opened: its messages, two thirds of them the virtual list. The
 * aim of 70 KB for both together is missed by that list, 10 KB; the SDK takes 33.
 */
export const PAGE_LIMITS = {
  web: 70 * KB,
  webThread: 16 * KB,
  webCss: 12 * KB,
  console: 60 * KB,
} as const;
export type PageSizes = { readonly [Name in keyof typeof PAGE_LIMITS]: number };

/** Beside the entry, the chat loads one language before it shows; demo users also the lab's hooks. */
const CHAT = ["index.html", "text/ar.ts"];
const THREAD = ["thread/message-list.tsx"];
/** Its first screen: with the chart library, without the views that are opened from there. */
const CONSOLE = ["ops.html", "ops/chart/time-plot.tsx", "text/ar.ts", "ops/text/ar.ts"];

export function pageSizes(): PageSizes {
  const manifest = JSON.parse(readFileSync(`${ROOT}/.vite/manifest.json`, "utf8")) as Manifest;
  const loadedBy = (names: readonly string[]) =>
    new Set(names.flatMap((name) => [...staticClosure(manifest, name)]));
  const chat = loadedBy(CHAT);
  const thread = [...loadedBy(THREAD)].filter((name) => !chat.has(name));
  const scripts = (names: Iterable<string>) => [...names].map((name) => fileOf(manifest, name));
  const styles = [...chat].flatMap((name) => manifest[name]?.css ?? []);
  return {
    web: gzippedBytes(scripts(chat)),
    webThread: gzippedBytes(scripts(thread)),
    webCss: gzippedBytes(styles),
    console: gzippedBytes(scripts(loadedBy(CONSOLE))),
  };
}

function staticClosure(manifest: Manifest, name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const next of manifest[name]?.imports ?? []) staticClosure(manifest, next, seen);
  return seen;
}

function fileOf(manifest: Manifest, name: string): string {
  const chunk = manifest[name];
  if (chunk === undefined) throw new Error(`The page's build has no chunk for ${name}.`);
  return chunk.file;
}

function gzippedBytes(files: readonly string[]): number {
  const sizes = [...new Set(files)].map((file) => {
    return gzipSync(readFileSync(`${ROOT}/${file}`), { level: 9 }).byteLength;
  });
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}
