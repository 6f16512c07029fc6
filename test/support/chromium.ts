import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import chromiumPackage, { inflate } from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

/**
 * Never the package's own `args`: they switch web security and process isolation off, and with them
 * every test about CORS, CSP and several tabs would prove nothing.
 */
const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];

/** Starts a real Chromium: CHROME_PATH if it is set, else the one that comes from npm. */
export async function launchChromium(): Promise<Browser> {
  const installed = process.env["CHROME_PATH"];
  if (installed) return chromium.launch({ executablePath: installed, args });
  const unpacked = await unpack();
  return chromium.launch({
    executablePath: join(unpacked, "chromium"),
    args,
    env: { ...process.env, ...environmentFor(unpacked) },
  });
}

/**
 * The package unpacks into the temporary directory and takes any file called `chromium` there for
 * its own, even one of another version or one that another process is still writing. So each version
 * has its own directory, which appears under its name only when it is complete.
 */
async function unpack(): Promise<string> {
  const { directory, version } = packageInfo();
  const target = join(tmpdir(), `holdfast-chromium-${version}`);
  if (existsSync(target)) return target;

  const staging = mkdtempSync(join(tmpdir(), "holdfast-chromium-"));
  await withTemporaryDirectory(staging, async () => {
    await chromiumPackage.executablePath();
    if (!starts(staging)) await inflate(join(directory, "bin", "al2023.tar.br"));
  });
  if (!starts(staging)) {
    rmSync(staging, { recursive: true, force: true });
    throw new Error("Chromium from npm does not start here; set CHROME_PATH to an installed one.");
  }
  try {
    renameSync(staging, target);
  } catch (error) {
    // Another process was faster: its copy is as good as ours.
    rmSync(staging, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}

function packageInfo(): { directory: string; version: string } {
  const entry = createRequire(import.meta.url).resolve("@sparticuz/chromium");
  const directory = dirname(dirname(entry));
  const manifest: { version: string } = JSON.parse(
    readFileSync(join(directory, "package.json"), "utf8"),
  );
  return { directory, version: manifest.version };
}

async function withTemporaryDirectory(directory: string, work: () => Promise<void>) {
  const before = process.env["TMPDIR"];
  mkdirSync(directory, { recursive: true });
  process.env["TMPDIR"] = directory;
  try {
    await work();
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}

/** Chromium links libnss3; where the system lacks it, the package's own libraries stand in. */
function environmentFor(unpacked: string): Record<string, string> {
  const environment: Record<string, string> = {};
  const libraries = join(unpacked, "al2023", "lib");
  if (existsSync(libraries)) {
    environment["LD_LIBRARY_PATH"] = [libraries, process.env["LD_LIBRARY_PATH"]]
      .filter(Boolean)
      .join(":");
  }
  if (!existsSync("/etc/fonts/fonts.conf") && !process.env["FONTCONFIG_PATH"]) {
    environment["FONTCONFIG_PATH"] = join(unpacked, "fonts");
  }
  return environment;
}

function starts(unpacked: string): boolean {
  const run = spawnSync(join(unpacked, "chromium"), ["--no-sandbox", "--version"], {
    env: { ...process.env, ...environmentFor(unpacked) },
    timeout: 20_000,
  });
  return run.status === 0;
}
