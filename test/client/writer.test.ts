import { expect, test } from "vitest";
import { Writer } from "../../client/engine/writer.ts";
import { memoryStore } from "../../client/memory-store.ts";

function writer() {
  const broken: unknown[] = [];
  const events = {
    onChange: () => {},
    onFenced: () => {},
    onBroken: (error: unknown) => void broken.push(error),
  };
  return { writer: new Writer(memoryStore(), 1, events), broken };
}

test("a job that fails is told, and those behind it run", async () => {
  const set = writer();
  const done: string[] = [];
  set.writer.enter(() => Promise.reject(new Error("first")));
  set.writer.enter(async () => void done.push("second"));
  await set.writer.run(async () => {});
  expect(done).toEqual(["second"]);
  expect(set.broken).toMatchObject([{ message: "first" }]);
});

test("work that nobody awaits tells what it did not foresee, but not after the end", async () => {
  const set = writer();
  set.writer.broken(new Error("unforeseen"));
  await set.writer.stop();
  set.writer.broken(new Error("late"));
  expect(set.broken).toMatchObject([{ message: "unforeseen" }]);
});
