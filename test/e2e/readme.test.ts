import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { directConversation, HoldfastClient, memoryStore } from "../../client/index.ts";
import { signIn } from "../support/accounts.ts";
import { startServer, type TestServer } from "../support/server.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "holdfast-readme-"));
let server: TestServer;

beforeAll(async () => {
  server = await startServer({ persistTo: directory, vars: { DEV_SIGN_IN: "on" } });
});

afterAll(async () => {
  await server.stop();
  rmSync(directory, { recursive: true });
});

/** The TypeScript blocks of the README as one program against this server. */
function example(): string {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? "");
  const program = blocks.join("\n").replace("http://localhost:8787", server.url);
  return `${program}\nawait handle.delivered;\nconsole.log("id", handle.id);\nawait client.close();\n`;
}

test("the example of the README sends, receives, and lets its process end", async () => {
  const bob = new HoldfastClient({
    url: server.url,
    user: "bob",
    token: () => signIn(server.url, "bob"),
    store: memoryStore(),
  });
  await bob.connect();
  await bob.send(directConversation("alice", "bob"), "hello alice").accepted;
  // Inside the project, so that `holdfast` is this package.
  const folder = join(root, "dist", "readme");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "example.ts");
  writeFileSync(file, example());
  const output = await run(file);
  await bob.close();
  expect(output).toContain("bob { kind: 'text', text: 'hello alice' }");
  for (const state of ["sending", "accepted", "delivered"]) expect(output).toContain(`${state}\n`);
  expect(output).toContain("id alice:");
});

function run(file: string): Promise<string> {
  const child = spawn(process.execPath, [file], { cwd: directory, timeout: 60_000 });
  let output = "";
  child.stdout.on("data", (data) => {
    output += String(data);
  });
  child.stderr.on("data", (data) => {
    output += String(data);
  });
  return new Promise((resolve) => child.on("exit", () => resolve(output)));
}
