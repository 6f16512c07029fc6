import { describe, expect, test } from "vitest";
import { emptyRow } from "../../../client/core/conversations.ts";
import { takeHead } from "../../../client/core/head.ts";
import type { StoredEntry } from "../../../client/store.ts";
import type { Body } from "../../../protocol/entries.ts";

const GROUP = "group:Vq3n0TzX8rKc5LwYb1Hs2A";
const ROW = { ...emptyRow(GROUP), read: 2 };

function logged(number: number, body: Body | string, by = "bob"): StoredEntry {
  const said: Body = typeof body === "string" ? { kind: "text", text: body } : body;
  const id = `${by}:deviceof${by}:${number}`;
  return { entry: { seq: 0, conversation: GROUP, number, id, at: number, body: said } };
}

describe("what a large group says of how far it is", () => {
  test("counts up to its number; what is here beyond it is added", () => {
    const since = [logged(11, "m"), logged(12, "mine", "alice"), logged(13, "n")];
    const row = takeHead(
      { ...ROW, head: 13, unread: 3 },
      { number: 10, unread: 7 },
      since,
      "alice",
    );
    expect(row).toMatchObject({ head: 13, unread: 9 });
  });

  test("counts what was recalled since no more, whoever recalled it, and no recall of what is read", () => {
    const since = [
      logged(11, { kind: "recalled", by: "bob" }),
      logged(12, { kind: "recall", target: 11 }),
      logged(13, { kind: "recall", target: 9 }),
      logged(14, { kind: "recall", target: 8, author: "alice" }),
      logged(15, { kind: "recall", target: 7, author: "carol" }, "alice"),
      logged(16, { kind: "recall", target: 2 }),
    ];
    const row = takeHead({ ...ROW, head: 16 }, { number: 10, unread: 7 }, since, "alice");
    expect(row).toMatchObject({ head: 16, unread: 5 });
  });

  test("counts no more than there is beyond what is read", () => {
    const row = takeHead({ ...ROW, head: 9, read: 8 }, { number: 10, unread: 7 }, [], "alice");
    expect(row).toMatchObject({ head: 10, unread: 2 });
  });

  test("counts nothing that is read since", () => {
    const since = [logged(11, "read"), logged(12, "unread")];
    const row = takeHead({ ...ROW, head: 12, read: 11 }, { number: 10, unread: 0 }, since, "alice");
    expect(row.unread).toBe(1);
  });

  test("counts from a mark that may be another device's: no recall before it counts", () => {
    const since = [logged(11, "m"), logged(12, { kind: "recall", target: 9 })];
    const row = takeHead(
      { ...ROW, head: 12, unread: 8 },
      { number: 10, unread: 0, read: 10 },
      since,
      "alice",
    );
    expect(row).toMatchObject({ head: 12, unread: 1, read: 10, readTold: 10 });
  });
});
