/**
 * Gzipped bytes of what an app ships: the least, with IndexedDB and tabs, all of it, and the React
 * bindings; and of the page's routes. `npm run size -- --json`; exits with 1 above the limits.
 */
import { relative } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";
import { buildPage } from "./build-page.mjs";
import { PAGE_LIMITS, type PageSizes, pageSizes } from "./measure/page-size.ts";

const KB = 1_024;

const BASIC = 'export { BasicClient, pagePlatform } from "./client/basic.ts";';
const SHARED = 'export { BasicClient, browserPlatform, SHARED } from "./client/basic.ts";';

/**
 * core: sends, receives, catches up, marks, reconnects, in one tab that forgets; full: with IndexedDB
 * and several tabs; all: what `import { HoldfastClient } from "holdfast"` brings at once. The aims are
 * 12 KB for core and 18 KB for full; the limits stop growth from where we are.
 */
const BUNDLES = {
  core: { code: BASIC, limit: 29.75 * KB },
  full: { code: SHARED, limit: 32.75 * KB },
  all: { code: 'export { HoldfastClient } from "./client/index.ts";', limit: 36.5 * KB },
  react: { code: 'export * from "./client/react/index.ts";', limit: 1.5 * KB },
} as const;

async function gzippedBytes(code: string): Promise<number> {
  const result = await build({
    stdin: { contents: code, resolveDir: process.cwd(), loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    // What is loaded only when it is needed, as the moving of files is, counts for itself.
    splitting: true,
    outdir: "size",
    metafile: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    external: ["react"],
  });
  const { outputs } = result.metafile;
  const entry = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === "<stdin>");
  const paths = withStaticImports(entry ?? "", outputs);
  const files = result.outputFiles.filter(({ path }) => paths.has(relative(process.cwd(), path)));
  if (files.length === 0) throw new Error("esbuild wrote nothing");
  const all = Buffer.concat(files.map(({ contents }) => contents));
  return gzipSync(all, { level: 9 }).byteLength;
}

/** The chunks that come with the entry at once. */
function withStaticImports(entry: string, outputs: Metafile["outputs"]): Set<string> {
  const paths = new Set([entry]);
  for (const path of paths) {
    for (const { path: next, kind } of outputs[path]?.imports ?? []) {
      if (kind === "import-statement") paths.add(next);
    }
  }
  return paths;
}

const sizes: Record<string, number> = {};
const misses: string[] = [];

function take(name: string, bytes: number, limit: number): void {
  sizes[name] = bytes;
  if (bytes > limit) misses.push(`${name}: ${bytes} bytes, ${limit} allowed`);
}

for (const [name, { code, limit }] of Object.entries(BUNDLES)) {
  take(name, await gzippedBytes(code), limit);
}
if (!buildPage({ always: true })) throw new Error("The page does not build.");
for (const [name, bytes] of Object.entries(pageSizes())) {
  take(name, bytes, PAGE_LIMITS[name as keyof PageSizes]);
}

if (process.argv.includes("--json")) console.log(JSON.stringify(sizes));
else for (const [name, bytes] of Object.entries(sizes)) console.log(`${name}  ${bytes} bytes`);
for (const miss of misses) console.error(miss);
process.exitCode = misses.length > 0 ? 1 : 0;
