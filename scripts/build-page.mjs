// Builds the page into dist/web. `buildPage()` does it only when a source is newer than the result;
// as a script (`npm run build`) it always does.
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, statSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

const config = "web/vite.config.ts";
const result = "dist/web/index.html";

function isCurrent() {
  if (!existsSync(result)) return false;
  const built = statSync(result).mtimeMs;
  return globSync(["{web,client,protocol}/**/*", "package-lock.json"]).every(
    (file) => statSync(file).mtimeMs <= built,
  );
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
  return build.status === 0;
}

if (argv[1] === fileURLToPath(import.meta.url)) process.exit(buildPage({ always: true }) ? 0 : 1);
