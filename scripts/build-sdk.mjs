// `npm run build:sdk`: the SDK as others install it, in dist/sdk: modules and types of client/ and of
// what it takes from protocol/. Runs by itself before `npm pack` and `npm publish`.
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";

const out = "dist/sdk";
rmSync(out, { recursive: true, force: true });
const build = spawnSync("tsc", ["-p", "tsconfig.sdk.json"], {
  stdio: "inherit",
  shell: process.platform === "win32",
});
if (build.status !== 0) process.exit(1);
// The nearest package.json decides what `#platform` is: here the built adapters.
const nested = {
  type: "module",
  // What an app does not use of a module is left out of its bundle.
  sideEffects: false,
  imports: {
    "#platform": { node: "./client/platform/node.js", default: "./client/platform/browser.js" },
  },
};
writeFileSync(`${out}/package.json`, `${JSON.stringify(nested, null, 2)}\n`);
