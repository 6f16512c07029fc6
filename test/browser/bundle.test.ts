import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PAGE_LIMITS, pageSizes } from "../../scripts/measure/page-size.ts";

test("the chat and the console weigh no more than they may", () => {
  const sizes = pageSizes();
  expect(sizes.web).toBeGreaterThan(20_000);
  expect(sizes.web).toBeLessThanOrEqual(PAGE_LIMITS.web);
  expect(sizes.webThread).toBeGreaterThan(5_000);
  expect(sizes.webThread).toBeLessThanOrEqual(PAGE_LIMITS.webThread);
  expect(sizes.webCss).toBeGreaterThan(1_000);
  expect(sizes.webCss).toBeLessThanOrEqual(PAGE_LIMITS.webCss);
  expect(sizes.console).toBeLessThanOrEqual(PAGE_LIMITS.console);
});

test("the page names nothing on another server", () => {
  const html = readFileSync("dist/web/index.html", "utf8");
  expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
});

test("the same sources build with React", () => {
  const build = spawnSync("npm", ["run", "--silent", "build:react"], { encoding: "utf8" });
  expect(build.status, build.stderr).toBe(0);
  const scripts = readdirSync("dist/web-react/assets").filter((name) => name.endsWith(".js"));
  const texts = scripts.map((name) => readFileSync(`dist/web-react/assets/${name}`, "utf8"));
  expect(texts.some((text) => text.includes("react.dev/errors"))).toBe(true);
});
