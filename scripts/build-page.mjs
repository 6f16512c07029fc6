// Builds the page into dist/web. `buildPage()` does it only when a source is newer than the result;
// as a script (`npm run build`) it always does.
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, statSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { buildServiceWorker } from "./build-service-worker.mjs";

const config = "web/vite.config.ts";
// Written last.
const result = "dist/web/service-worker.js";
const sources = ["{web,client,protocol}/**/*", "scripts/build-*.mjs", "package-lock.json"];

function isCurrent() {
  if (!existsSync(result)) return false;
  const built = statSync(result).mtimeMs;
  return globSync(sources).every((file) => statSync(file).mtimeMs <= built);
}

/** @returns {boolean} whether dist/web can be served now */
export function buildPage({ always = false } = {}) {
  // Wrangler refuses a missing directory.
  mkdirSync("dist/web", { recursive: true });
  if (!existsSync(config) || (!always && isCurrent())) return true;
  const build = spawnSync("vite", ["build", "--config", config, "--logLevel", "warn"], {
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  if (build.status !== 0) return false;
  buildServiceWorker();
  return true;
}

if (argv[1] === fileURLToPath(import.meta.url)) process.exit(buildPage({ always: true }) ? 0 : 1);
