/** The index against what it stands for: reading every message. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Body } from "../../../protocol/entries.ts";
import type { TimelineRow } from "../../../worker/core/row.ts";
import {
  entryTerms,
  type Filter,
  fieldsOf,
  passes,
} from "../../../worker/core/search/documents.ts";
import { matchFields } from "../../../worker/core/search/match.ts";
import { decodePart, encodePart, piecesOf } from "../../../worker/core/search/postings.ts";
import { parseQuery } from "../../../worker/core/search/query.ts";
import { SearchIndex } from "../../../worker/search-index.ts";
import { SearchStore } from "../../../worker/search-store.ts";
import { UserStore } from "../../../worker/user-store.ts";
import { NodeSql } from "../../support/node-sql.ts";
import { logRow } from "../fixtures/rows.ts";

const DAY_MS = 86_400_000;

function textRow(seq: number, text: string, user = "alice", conversation = "direct:alice,bob") {
  const origin = { user, device: "device01", counter: seq };
  return logRow({ seq, number: seq, conversation, origin, at: seq * DAY_MS, body: said(text) });
}

function said(text: string): Body {
  return { kind: "text", text };
}

class Bench {
  readonly sql = new NodeSql();
  readonly store = new UserStore(this.sql).search;
  index = new SearchIndex(this.store);
  readonly rows = new Map<number, TimelineRow>();

  add(rows: readonly TimelineRow[]): void {
    for (const row of rows) this.rows.set(row.seq, row);
    this.index.add(rows);
  }

  reword(seq: number, body: Body): void {
    const row = this.rows.get(seq);
    if (row === undefined) throw new Error(`no row ${seq}`);
    this.index.reword([{ row, body }]);
    this.rows.set(seq, { ...row, body });
  }

  /** As after hibernation. */
  wake(): void {
    this.index = new SearchIndex(this.store);
  }

  proposed(query: string, filter: Filter = {}, below = Number.MAX_SAFE_INTEGER): number[] {
    return [...this.index.candidates(clausesOf(query), filter, below)];
  }

  matching(query: string, filter: Filter = {}): number[] {
    const seqs = [...this.rows.values()].filter((row) => {
      const fields = fieldsOf(row.body);
      const isIt = fields !== undefined && matchFields(fields, clausesOf(query)) !== undefined;
      return isIt && passes(row, filter);
    });
    return seqs.map(({ seq }) => seq).sort((a, b) => b - a);
  }
}

function clausesOf(query: string) {
  if (query === "") return [];
  const parsed = parseQuery(query);
  return parsed.ok ? parsed.clauses : [];
}

describe("the index", () => {
  test("proposes what matches, newest first, in whatever batches it was fed", () => {
    const words = ["apple", "apply", "ape", "banana", "搜索", "搜", "引擎", "東京", "한국어", "x"];
    const text = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 });
    const message = fc.record({
      text: text.map((all) => all.join(" ")),
      user: fc.constantFrom("alice", "bob"),
      conversation: fc.constantFrom("direct:alice,bob", "direct:alice,carol"),
    });
    const filter = fc.record(
      {
        from: fc.constantFrom("alice", "bob", "nobody"),
        conversation: fc.constantFrom("direct:alice,bob", "direct:alice,carol"),
        after: fc.integer({ min: 0, max: 120 }).map((day) => day * DAY_MS),
        before: fc.integer({ min: 0, max: 120 }).map((day) => day * DAY_MS),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 120 }),
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.tuple(fc.nat(), text), { maxLength: 8 }),
        filter,
        (messages, batch, edits, wanted) => {
          const bench = new Bench();
          const rows = messages.map((one, index) =>
            textRow(index + 1, one.text, one.user, one.conversation),
          );
          for (let at = 0; at < rows.length; at += batch) bench.add(rows.slice(at, at + batch));
          for (const [pick, words] of edits) {
            const body: Body =
              pick % 3 === 0 ? { kind: "recalled", by: "bob" } : said(words.join(" "));
            bench.reword(1 + (pick % rows.length), body);
          }
          bench.wake();
          expect(bench.index.indexed).toBe(rows.length);
          for (const query of ["apple", "ap", "搜", "搜索", "東京 banana", '"apple ape"']) {
            const proposed = bench.proposed(query, wanted);
            expect(proposed).toEqual([...proposed].sort((a, b) => b - a));
            // Exact: the terms of a phrase and the days of a time are all that it leaves open.
            const isOpen = query.includes('"') || wanted.after !== undefined;
            const matching = bench.matching(query, wanted);
            if (isOpen || wanted.before !== undefined) {
              expect(proposed).toEqual(expect.arrayContaining(matching));
            } else expect(proposed).toEqual(matching);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test("segments become fewer as they become many, and cover everything", () => {
    const bench = new Bench();
    for (let seq = 1; seq <= 600; seq++) bench.add([textRow(seq, `word${seq % 7} all`)]);
    const segments = bench.store.segments(1);
    expect(segments.length).toBeLessThanOrEqual(4 * 7);
    expect(segments.map(({ level }) => level)).toEqual(
      segments.map(({ level }) => level).toSorted((a, b) => b - a),
    );
    let next = 1;
    for (const { first, last } of segments) {
      expect(first).toBe(next);
      next = last + 1;
    }
    expect(next).toBe(601);
    expect(bench.proposed("word3")).toEqual(bench.matching("word3"));
    expect(bench.proposed("all")).toHaveLength(600);
    expect(bench.proposed("all", {}, 10)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  test("R11 what was recalled is in no row of it, at any level", () => {
    const bench = new Bench();
    const secret = (seq: number) => (seq === 3 ? "the secret xylophone 秘密" : `word${seq}`);
    for (let seq = 1; seq <= 80; seq++) {
      bench.add([textRow(seq, secret(seq))]);
      if (![3, 10, 80].includes(seq)) continue;
      bench.reword(3, { kind: "recalled", by: "alice" });
      expect(JSON.stringify(bench.sql.all("SELECT * FROM search"))).not.toMatch(/xylo|秘密/);
      expect(bench.proposed("xylophone")).toEqual([]);
      bench.reword(3, said(secret(3)));
      expect(bench.proposed("xylophone")).toEqual([3]);
    }
  });

  test("an edit is found by what it says now", () => {
    const bench = new Bench();
    bench.add([textRow(1, "old words"), textRow(2, "other")]);
    bench.reword(1, said("new words"));
    expect(bench.proposed("old")).toEqual([]);
    expect(bench.proposed("new words")).toEqual([1]);
  });

  test("a batch is one row; what is reworded rewrites only the parts that say otherwise", () => {
    const bench = new Bench();
    const before = bench.sql.rowsWritten;
    bench.add(Array.from({ length: 256 }, (_, i) => textRow(i + 1, `message ${i} about things`)));
    expect(bench.sql.rowsWritten - before).toBe(1);
    const rows = bench.sql.rowsWritten;
    bench.reword(5, said("message 4 about thinks"));
    expect(bench.sql.rowsWritten - rows).toBe(1);
    bench.reword(5, said("message 4 about thinks"));
    expect(bench.sql.rowsWritten - rows).toBe(1);
  });

  test("rows without words are covered too", () => {
    const bench = new Bench();
    bench.add([logRow({ seq: 1, body: { kind: "recall", target: 1 } })]);
    expect(bench.index.indexed).toBe(1);
    bench.wake();
    expect(bench.index.indexed).toBe(1);
    bench.add([textRow(2, "hello")]);
    expect(bench.proposed("hello")).toEqual([2]);
  });

  test("another version's rows count for nothing, and go", () => {
    const bench = new Bench();
    bench.add([textRow(1, "hello")]);
    bench.sql.all("UPDATE search SET version = 0");
    bench.wake();
    expect(bench.index.indexed).toBe(0);
    bench.add([textRow(1, "hello"), textRow(2, "hello")]);
    expect(bench.proposed("hello")).toEqual([2, 1]);
    expect(bench.sql.all("SELECT DISTINCT version FROM search")).toEqual([{ version: 1 }]);
  });

  test("a file is found by its name, its caption and by being one", () => {
    const bench = new Bench();
    const file = {
      kind: "file",
      file: "f".repeat(22),
      name: "Holiday.JPG",
      type: "image/jpeg",
      bytes: 1,
      hash: "0".repeat(64),
      caption: "夏の海",
    } as const;
    bench.add([textRow(1, "holiday plans"), { ...textRow(2, ""), body: file }]);
    expect(bench.proposed("holiday")).toEqual([2, 1]);
    expect(bench.proposed("夏の")).toEqual([2]);
    expect(bench.proposed("holiday", { hasFile: true })).toEqual([2]);
    expect(bench.proposed("", { hasFile: true })).toEqual([2]);
  });
});

describe("postings", () => {
  const lists = fc.dictionary(
    fc.stringMatching(/^[a-z搜한🎉@]{1,5}$/u),
    fc.uniqueArray(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1 }),
  );

  test("survive being written", () => {
    fc.assert(
      fc.property(lists, (given) => {
        const postings = new Map(
          Object.entries(given).map(([term, seqs]) => [term, seqs.sort((a, b) => a - b)]),
        );
        expect(decodePart(encodePart(postings))).toEqual(postings);
      }),
    );
  });

  test("a part in pieces is the same part", () => {
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 60 }), (given, characters) => {
        const part = encodePart(new Map(Object.entries(given)));
        const pieces = piecesOf(part, characters);
        expect(pieces.join("")).toBe(part);
        for (const piece of pieces.slice(1)) expect(piece.startsWith("\n")).toBe(true);
      }),
    );
  });

  test("a part too long for a row is kept in several", () => {
    const bench = new Bench();
    const store = new SearchStore(bench.sql);
    const long = encodePart(
      new Map(Array.from({ length: 120_000 }, (_, i) => [`term${i}`, [i + 1]] as const)),
    );
    const segment = { first: 1, last: 120_000, level: 0 };
    store.putPart(segment, 0, long, 1);
    expect(store.part(1, 0)).toBe(long);
    expect(bench.sql.all("SELECT piece FROM search").length).toBeGreaterThan(3);
    store.putPart(segment, 0, "\nshort\t1\t1", 1);
    expect(bench.sql.all("SELECT piece FROM search")).toHaveLength(1);
  });

  test("an entry's terms are those of its words, and tags that no word can be", () => {
    const terms = [...entryTerms(textRow(3, "Hello @c hello"))];
    expect(terms.filter((term) => !term.startsWith("@"))).toEqual(["hello", "c"]);
    expect(terms.filter((term) => term.startsWith("@"))).toHaveLength(3);
    expect(terms).toContain("@ualice");
  });
});
