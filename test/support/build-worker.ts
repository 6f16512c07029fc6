import { spawnSync } from "node:child_process";
import { buildPage } from "../../scripts/build-page.mjs";
import { offline } from "../../scripts/offline.mjs";

/** Before black-box tests: dist/worker and dist/web are what the sources say. */
export default function setup(): void {
  if (process.env["HOLDFAST_BUILT"]) return; // `npm test` has just done both.
  if (!buildPage()) throw new Error("The page does not build; the message is above.");
  const sdk = spawnSync(process.execPath, ["scripts/build-sdk.mjs"], { stdio: "inherit" });
  if (sdk.status !== 0) throw new Error("The SDK does not build; the message is above.");
  const build = spawnSync("wrangler", ["deploy", "--dry-run", "--outdir", "dist/worker"], {
    encoding: "utf8",
    env: { ...process.env, ...offline },
  });
  if (build.status !== 0) throw new Error(`The Worker does not build:\n${build.stderr}`);
}
