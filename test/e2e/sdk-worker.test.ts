/** The SDK in a Worker: neither a page nor Node. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { expect, test } from "vitest";
import { directConversation } from "../../client/index.ts";
import { startServer } from "../support/server.ts";

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ["test/support/sdk-worker.ts"],
    bundle: true,
    write: false,
    format: "esm",
    conditions: ["workerd", "worker", "browser"],
    target: "es2024",
  });
  return outputFiles[0]?.text ?? "";
}

test("a Worker sends with the SDK, and keeps nothing", async () => {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-worker-"));
  const server = await startServer({ persistTo: directory, vars: { DEV_SIGN_IN: "on" } });
  const script = await bundle();
  const options = { modules: true, script, compatibilityDate: "2026-01-01", cf: false } as const;
  const worker = new Miniflare(convertV4MiniflareOptions({ name: "sender", ...options }));
  const to = directConversation("worker", "reader");
  const send = async (text: string) => {
    const body = JSON.stringify({ url: server.url, user: "worker", to, text });
    const response = await worker.dispatchFetch("http://sender/", { method: "POST", body });
    return response.json();
  };
  try {
    expect(await send("one")).toEqual({ number: 1 });
    expect(await send("two")).toEqual({ number: 2 });
  } finally {
    await worker.dispose();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});
