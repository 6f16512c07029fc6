/** What others install. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

/** Paths in the package; it is built already. */
function packed(): string[] {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const { stdout, stderr } = spawnSync("npm", args, { encoding: "utf8" });
  const [report]: { files: { path: string }[] }[] = Object.values(JSON.parse(stdout || "[]"));
  if (report === undefined) throw new Error(stderr);
  return report.files.map(({ path }) => path);
}

test("the package has what its exports name, with types, and nothing but the SDK", () => {
  const files = packed();
  const { exports }: Manifest = JSON.parse(readFileSync("package.json", "utf8"));
  const named = Object.values(exports).flatMap((one) =>
    typeof one === "string" ? [one] : [one["types"] ?? "no types", one["default"] ?? "no code"],
  );
  expect(named.length).toBeGreaterThan(10);
  expect(files).toEqual(expect.arrayContaining(named.map((path) => path.replace("./", ""))));
  const known = /^(dist\/sdk\/(client|protocol)\/.+\.(js|d\.ts)|dist\/sdk\/package\.json)$/;
  const besides = files.filter((path) => !known.test(path)).sort();
  expect(besides).toEqual(["LICENSE", "README.md", "package.json"]);
});
