// `npm test`: everything CI runs, in the order in which a mistake is cheapest to find; ends at the
// first red step. The last line alone is `N passed, N failed`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { offline } from "./offline.mjs";

const reports = mkdtempSync(join(tmpdir(), "holdfast-test-"));
const total = { passed: 0, failed: 0 };

const steps = [
  command("format and lint", "biome", "ci", "."),
  command("types", "node", "scripts/types.mjs"),
  command("page build", "node", "scripts/build-page.mjs"),
  command("sizes", "node", "scripts/size.ts"),
  command("SDK build", "node", "scripts/build-sdk.mjs"),
  command("worker build", "npm", "run", "--silent", "dry-run"),
  tests("core"),
  simulation(),
  ...["workerd", "e2e", "browser"].map(tests),
];

/** Speaks only when it is red. */
function command(name, program, ...args) {
  return {
    name,
    run() {
      const run = spawn(program, args, "pipe");
      if (run.status === 0) return { ok: true, summary: "" };
      process.stdout.write(run.stdout + run.stderr);
      return { ok: false, failed: 1, summary: "" };
    },
  };
}

/** Plans that once failed, then a minute of the day's seeds; a red one says how to see it again. */
function simulation() {
  return {
    name: "simulator",
    run() {
      const args = ["test/simulator/main.ts", "--from", "new", "--seconds", "60", "--json"];
      const run = spawn("node", args, "pipe");
      if (run.status === null || !run.stdout.startsWith("{")) {
        process.stdout.write(run.stdout + run.stderr);
        return { ok: false, failed: 1, summary: "" };
      }
      const { from, seeds, violations } = JSON.parse(run.stdout);
      process.stdout.write(run.stderr);
      const ok = run.status === 0;
      const failed = ok ? 0 : Math.max(violations.length, 1);
      return { ok, passed: ok ? 1 : 0, failed, summary: `${seeds} plans, seeds from ${from}` };
    },
  };
}

function tests(project) {
  return {
    name: `tests: ${project}`,
    run() {
      const report = join(reports, `${project}.json`);
      const args = ["run", "--project", project, "--reporter=default", "--reporter=json"];
      const run = spawn("vitest", [...args, `--outputFile.json=${report}`], "inherit");
      const { passed, failed } = readReport(report);
      const ok = run.status === 0 && failed === 0;
      // A file that does not even load has no failed tests, and is a failure all the same.
      return {
        ok,
        passed,
        failed: ok ? 0 : Math.max(failed, 1),
        summary: `${passed} passed, ${failed} failed`,
      };
    },
  };
}

function spawn(program, args, output) {
  const run = spawnSync(program, args, {
    encoding: "utf8",
    env: { ...process.env, ...offline, HOLDFAST_BUILT: "1" },
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === "win32",
    stdio: ["ignore", output, output],
  });
  if (run.error) console.error(`${program}: ${run.error.message}`);
  return run;
}

function readReport(path) {
  if (!existsSync(path)) return { passed: 0, failed: 0 };
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(path, "utf8"));
  return { passed: numPassedTests, failed: numFailedTests };
}

let green = true;
mkdirSync("dist/web", { recursive: true });
for (const step of steps) {
  const began = Date.now();
  const { ok, passed = 0, failed = 0, summary } = step.run();
  const seconds = ((Date.now() - began) / 1_000).toFixed(1);
  console.log([ok ? "ok " : "RED", step.name, `${seconds} s`, summary].filter(Boolean).join("  "));
  total.passed += passed;
  total.failed += failed;
  green = ok;
  if (!green) break;
}
rmSync(reports, { recursive: true, force: true });
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = green ? 0 : 1;
