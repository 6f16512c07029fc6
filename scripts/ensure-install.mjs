// Runs before `npm start` and `npm test`, on whatever Node is there (20 or newer), with no packages:
// makes a fresh clone ready, and is over at once when it already is.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
const nodeMajor = 24;

/** @param {string} why @returns {never} */
function fail(why) {
  console.error(`Holdfast cannot start: ${why}`);
  process.exit(1);
}

/** @param {string} path @returns {Record<string, any> | undefined} */
function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** What is installed is what the lock file names: compared by content, for times change in a checkout. */
function isInstalled() {
  const wanted = packagesOf(join(root, "package-lock.json"));
  if (!wanted) fail("package-lock.json is missing or broken.");
  const installed = packagesOf(join(modules, ".package-lock.json"));
  if (!installed) return false;
  const same = (path) =>
    installed[path]?.version === wanted[path]?.version &&
    installed[path]?.integrity === wanted[path]?.integrity;
  const missing = Object.keys(wanted).some((path) => {
    if (path === "") return false;
    // Packages for other platforms are in the lock file and not on the disk.
    return installed[path] ? !same(path) : !wanted[path].optional;
  });
  return !missing && Object.keys(installed).every(same);
}

/** npm itself must not run on a Node that it is about to replace. */
function environmentOutside() {
  const path = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((entry) => !resolve(entry).startsWith(modules + sep))
    .join(delimiter);
  return { ...process.env, PATH: path };
}

/** @param {string[]} args @param {string} cwd */
function npm(args, cwd) {
  const run = spawnSync("npm", args, {
    cwd,
    env: environmentOutside(),
    shell: process.platform === "win32",
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (run.error) fail(`npm could not be run (${run.error.message}).`);
  return run.status === 0;
}

function projectNodeVersion() {
  const binary = join(modules, ".bin", process.platform === "win32" ? "node.cmd" : "node");
  if (!existsSync(binary)) return undefined;
  const run = spawnSync(binary, ["--version"], {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  return run.status === 0 ? run.stdout.trim() : undefined;
}

const isProjectNode = () => projectNodeVersion()?.startsWith(`v${nodeMajor}.`) ?? false;

if (!isInstalled()) {
  console.log("Installing the packages named in package-lock.json (once) …");
  // Loglevel: npm on Node 20 warns about each package that wants the Node 24 it is just installing.
  if (!npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"], root)) {
    fail("`npm ci` failed; its message is above.");
  }
}

if (!isProjectNode()) {
  // A stricter npm skips install scripts: run the one that puts the Node binary in place.
  console.log(`Installing Node ${nodeMajor} for the project's own scripts …`);
  npm(["rebuild", "node", "--foreground-scripts", "--loglevel=error"], root);
}

if (!isProjectNode()) {
  fail(
    `npm's package "node" has not put Node ${nodeMajor} into node_modules/.bin ` +
      `(found: ${projectNodeVersion() ?? "nothing"}). Allow its install script ` +
      "(`npm approve-scripts node`, no `ignore-scripts`) and run `npm ci` again.",
  );
}
