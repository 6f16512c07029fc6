import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { offline } from "./scripts/offline.mjs";

Object.assign(process.env, offline);

/** Black-box tests share the machine with the servers they start and kill: one file at a time. */
const blackBox = { fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: [
      {
        test: {
          name: "core",
          include: [
            "test/{core,protocol,client,contract,simulator}/**/*.test.ts",
            "test/tidy.test.ts",
          ],
          testTimeout: 30_000,
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            // What is deployed, and an object beside it that probes the runtime itself.
            main: "./test/workerd/fixtures/main.ts",
            miniflare: { durableObjects: { PROBE: { className: "ProbeObject", useSQLite: true } } },
          }),
        ],
        test: {
          name: "workerd",
          include: ["test/workerd/**/*.test.ts"],
          testTimeout: 30_000,
          // ES modules behind a CommonJS index: loads only when bundled, as it is in a deploy.
          deps: { optimizer: { ssr: { enabled: true, include: ["itty-durable"] } } },
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/{e2e,chaos,security}/**/*.test.ts"],
          globalSetup: "test/support/build-worker.ts",
          ...blackBox,
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: "test/support/build-worker.ts",
          ...blackBox,
        },
      },
    ],
  },
});
