import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer, type TestServer } from "../support/server.ts";

const entry = "test/support/fixtures/counter.js";
let persistTo: string;

beforeAll(async () => {
  persistTo = await mkdtemp(join(tmpdir(), "holdfast-server-"));
});
afterAll(() => rm(persistTo, { recursive: true, force: true }));

const hit = async (server: TestServer) => {
  const response = await fetch(`${server.url}/v1/hit`);
  return (await response.json()) as { hits: number; setting: string | null };
};

test("rows survive SIGKILL of workerd and a restart of the server", async () => {
  const first = await startServer({ persistTo, entry, vars: { SETTING: "on" } });
  expect(await hit(first)).toEqual({ hits: 1, setting: "on" });

  const pid = first.workerdPid();
  await first.killWorkerd();
  expect(first.workerdPid()).not.toBe(pid);
  expect(await hit(first)).toEqual({ hits: 2, setting: "on" });
  await first.stop();

  const second = await startServer({ persistTo, entry, port: first.port });
  expect(await hit(second)).toEqual({ hits: 3, setting: null });
  await second.stop();
  expect(() => second.workerdPid()).toThrow("No workerd");
});

test("two servers of one process are told apart and killed often", async () => {
  const a = await startServer({ persistTo: join(persistTo, "a"), entry });
  const b = await startServer({ persistTo: join(persistTo, "b"), entry });
  const untouched = b.workerdPid();
  for (let round = 1; round <= 5; round++) {
    expect((await hit(a)).hits).toBe(round);
    await a.killWorkerd();
  }
  expect(b.workerdPid()).toBe(untouched);
  expect((await hit(b)).hits).toBe(1);
  await Promise.all([a.stop(), b.stop()]);
});
