// Builds web/service-worker/ into dist/web, with the list of what it keeps: all that the chat may
// load, and nothing that only the console does.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { buildSync } from "esbuild";

const out = "dist/web";
const entry = "index.html";
/** Files of web/public: their names say nothing of their content, so the version has to. */
const unhashed = ["/icon.svg", "/icon-192.png", "/icon-512.png", "/manifest.webmanifest"];

function digest(algorithm, text) {
  return createHash(algorithm).update(text).digest("base64");
}

/** All chunks that are reached from `name`, at once or later. */
function reach(manifest, name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  const { imports = [], dynamicImports = [] } = manifest[name];
  for (const next of [...imports, ...dynamicImports]) reach(manifest, next, seen);
  return seen;
}

function shellOf(manifest) {
  const chunks = [...reach(manifest, entry)].map((name) => manifest[name]);
  const assets = chunks.flatMap(({ file, css = [], assets = [] }) => [file, ...css, ...assets]);
  const page = readFileSync(`${out}/index.html`);
  return {
    page: `sha256-${digest("sha256", page)}`,
    files: [...new Set(assets.map((file) => `/${file}`)), ...unhashed].sort(),
  };
}

/** Once the page is in dist/web. */
export function buildServiceWorker() {
  const manifest = JSON.parse(readFileSync(`${out}/.vite/manifest.json`, "utf8"));
  const shell = shellOf(manifest);
  const contents = shell.files.map((file) => readFileSync(`${out}${file}`, "base64"));
  const version = digest("sha256", JSON.stringify([shell, contents])).slice(0, 12);
  buildSync({
    entryPoints: ["web/service-worker/service-worker.ts"],
    outfile: `${out}/service-worker.js`,
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    define: { SHELL: JSON.stringify({ version, ...shell }) },
    logLevel: "warning",
  });
}
