import { expect, test } from "vitest";
import { Book } from "../../client/engine/book.ts";
import { Handing } from "../../client/engine/handing.ts";
import { memoryStore } from "../../client/memory-store.ts";
import { FakeClock } from "../support/client/fake-clock.ts";

test("what fails while entries are handed is told, and the next that arrives begins anew", async () => {
  const store = memoryStore();
  await store.open("device01");
  const failures: unknown[] = [];
  const handled: number[] = [];
  const failure = new Error("the disk is gone");
  let fails = true;
  const marks = { handled: 0, stored: 0 };
  const clock = new FakeClock();
  const handing = new Handing(store, new Book(() => {}), clock, marks, () => () => {}, {
    handled: (seq) => handled.push(seq),
    refused: () => {},
    handOver: () => fails && Promise.reject(failure),
    broken: (error) => failures.push(error),
  });
  handing.more(1);
  await expect.poll(() => failures).toEqual([failure]);
  fails = false;
  handing.more(2);
  await expect.poll(() => handled).toEqual([1, 2]);
  handing.stop();
});
