/** What a tab makes of rows that are told late, twice, or once more after they had gone. */
import { expect, test } from "vitest";
import { failureOf } from "../../client/core/outbox.ts";
import { OutboxBook } from "../../client/engine/outbox-book.ts";
import type { OutboxRow } from "../../client/store.ts";
import { ROW } from "../support/client/outbox-row.ts";

const FAILED: OutboxRow = {
  ...ROW,
  status: { kind: "failed", failure: failureOf({ code: "expired" }) },
};

test("a row that is told after it has gone is none", () => {
  const book = new OutboxBook();
  book.put(ROW);
  book.delete(ROW.counter);
  book.put(ROW);
  expect(book.has(ROW.counter)).toBe(false);
});

test("R17 what was given up after it had gone is here again, and may be sent again", () => {
  const book = new OutboxBook();
  book.put(ROW);
  book.delete(ROW.counter);
  book.put(FAILED);
  book.put(ROW);
  expect(book.get(ROW.counter)?.status.kind).toBe("waiting");
  expect(book.waits(ROW.counter)).toBe(true);
});

test("R2 what an image has no more is no row again, whatever is told of it late", () => {
  const book = new OutboxBook();
  book.reset([], ROW.counter, true);
  book.put({ ...ROW, status: { kind: "accepted", number: 1, at: 1 } });
  book.put(ROW);
  expect(book.has(ROW.counter)).toBe(false);
  expect(book.waits(ROW.counter)).toBe(false);
  book.put({ ...ROW, counter: ROW.counter + 1 });
  expect(book.has(ROW.counter + 1)).toBe(true);
});

test("R2 another device counts anew: its rows are none of those that have gone", () => {
  const book = new OutboxBook();
  book.put(ROW);
  book.delete(ROW.counter);
  book.reset([], 0, false);
  book.put(ROW);
  expect(book.has(ROW.counter)).toBe(true);
});
