/** What every store of a client must do; run over each implementation. */
import { describe, expect, test } from "vitest";
import { emptyRow } from "../../client/core/conversations.ts";
import type { ClientStore, OutboxDraft, StoredEntry } from "../../client/store.ts";

/** A place for one store; `open` called twice gives the same rows twice. */
export interface StorePlace {
  open(): ClientStore;
  /** Whether rows outlive the object. */
  readonly durable: boolean;
  clean(): Promise<void> | void;
}

const TALK = "direct:alice,bob";

export function draft(key: string): OutboxDraft {
  const content = { kind: "text", text: key } as const;
  return { key, conversation: TALK, content, priority: "normal", createdAt: 1 };
}

export function stored(number: number, seq: number, conversation = TALK): StoredEntry {
  const body = { kind: "text", text: `n${number}` } as const;
  return { entry: { seq, conversation, number, id: `bob:deviceofbob:${number}`, at: 1, body } };
}

export function clientStoreContract(name: string, place: () => StorePlace): void {
  async function with_(body: (store: ClientStore, place: StorePlace) => Promise<void>) {
    const here = place();
    const store = here.open();
    await store.open("device01");
    try {
      await body(store, here);
    } finally {
      await store.close();
      await here.clean();
    }
  }

  describe(`client store: ${name}`, () => {
    test("a new one keeps the device it was opened with, and opening again changes nothing", () =>
      with_(async (store) => {
        const image = await store.open("device02");
        expect(image.meta).toMatchObject({ device: "device01", counter: 0, stored: null });
        expect(image).toMatchObject({ outbox: [], conversations: [], lasts: [] });
      }));

    test("counters are taken once each, whatever runs at the same time", () =>
      with_(async (store) => {
        const keys = ["a", "b", "c", "d", "e"];
        const rows = await Promise.all(keys.map((key) => store.enqueue(draft(key))));
        expect(rows.map(({ counter }) => counter)).toEqual([1, 2, 3, 4, 5]);
        const { outbox, meta } = await store.read();
        expect(outbox.map(({ key, counter }) => [key, counter])).toEqual(
          keys.map((key, index) => [key, index + 1]),
        );
        expect(meta.counter).toBe(5);
      }));

    test("a row that is written instead of another one takes its place at once", () =>
      with_(async (store) => {
        for (const key of ["a", "b"]) await store.enqueue(draft(key));
        expect((await store.enqueue({ ...draft("a"), replaces: 1 })).counter).toBe(3);
        const { outbox } = await store.read();
        expect(outbox.map(({ key, counter }) => [key, counter])).toEqual([
          ["b", 2],
          ["a", 3],
        ]);
      }));

    test("a batch changes all that it names", () =>
      with_(async (store) => {
        const row = await store.enqueue(draft("a"));
        const conversation = { ...emptyRow(TALK), head: 1, last: 1 };
        const entry = stored(1, 1);
        const applied = await store.apply({
          epoch: 0,
          meta: { stored: 1, user: "alice" },
          deleteOutbox: [row.counter],
          entries: [entry],
          conversations: [conversation],
        });
        expect(applied).toBe(true);
        const image = await store.read();
        expect(image.meta).toMatchObject({ stored: 1, user: "alice", counter: 1, handled: 0 });
        expect(image.outbox).toEqual([]);
        expect(image.conversations).toEqual([conversation]);
        expect(image.lasts).toEqual([entry]);
      }));

    test("a counter floor is never undercut", () =>
      with_(async (store) => {
        await store.apply({ epoch: 0, counterFloor: 41 });
        expect((await store.enqueue(draft("a"))).counter).toBe(42);
        await store.apply({ epoch: 0, counterFloor: 7 });
        expect((await store.enqueue(draft("b"))).counter).toBe(43);
      }));

    test("an older leader can write nothing", () =>
      with_(async (store) => {
        expect(await store.claim()).toBe(1);
        expect(await store.claim()).toBe(2);
        const entries = [stored(1, 1)];
        expect(await store.apply({ epoch: 1, entries, meta: { stored: 1 } })).toBe(false);
        expect(await store.range(TALK, 1, 9)).toEqual([]);
        expect((await store.read()).meta.stored).toBe(null);
        expect(await store.apply({ epoch: 2, entries, meta: { stored: 1 } })).toBe(true);
        expect(await store.range(TALK, 1, 9)).toEqual(entries);
      }));

    test("ranges are ascending, by number and by seq, and leave holes out", () =>
      with_(async (store) => {
        const entries = [stored(12, 30), stored(2, 10), stored(3, 20), stored(1, 15, "direct:a,b")];
        await store.apply({ epoch: 0, entries });
        const numbers = (found: readonly StoredEntry[]) => found.map(({ entry }) => entry.number);
        expect(numbers(await store.range(TALK, 1, 12))).toEqual([2, 3, 12]);
        expect(numbers(await store.range(TALK, 3, 11))).toEqual([3]);
        expect(await store.range(TALK, 5, 4)).toEqual([]);
        const seqs = (found: readonly StoredEntry[]) => found.map(({ entry }) => entry.seq);
        expect(seqs(await store.sinceSeq(10, 30, 9))).toEqual([15, 20, 30]);
        expect(seqs(await store.sinceSeq(0, 25, 2))).toEqual([10, 15]);
        expect(await store.sinceSeq(30, 30, 9)).toEqual([]);
      }));

    test("an entry is replaced in its place; clearing comes before the batch's own", () =>
      with_(async (store) => {
        const before = stored(1, 1);
        const body = { kind: "recalled", by: "bob" } as const;
        const after = { ...before, entry: { ...before.entry, body } };
        await store.apply({ epoch: 0, entries: [before, stored(2, 2)] });
        await store.apply({ epoch: 0, entries: [after] });
        expect(await store.range(TALK, 1, 2)).toEqual([after, stored(2, 2)]);
        await store.apply({ epoch: 0, clearEntries: true, entries: [stored(9, 9)] });
        expect(await store.range(TALK, 1, 9)).toEqual([stored(9, 9)]);
        expect(await store.sinceSeq(0, 9, 9)).toEqual([stored(9, 9)]);
      }));

    test("an entry that comes to stand elsewhere in the timeline, or nowhere, is found there alone", () =>
      with_(async (store) => {
        await store.apply({ epoch: 0, entries: [stored(1, 1), stored(2, 2)] });
        await store.apply({ epoch: 0, entries: [stored(1, 0), stored(2, 7)] });
        expect(await store.sinceSeq(0, 9, 9)).toEqual([stored(2, 7)]);
        expect(await store.range(TALK, 1, 2)).toEqual([stored(1, 0), stored(2, 7)]);
      }));

    test("clearing one conversation leaves the others, and comes before the batch's own", () =>
      with_(async (store) => {
        const other = stored(1, 5, "direct:a,b");
        await store.apply({ epoch: 0, entries: [stored(1, 1), stored(2, 0), other] });
        await store.apply({ epoch: 0, clearEntriesOf: TALK, entries: [stored(9, 0)] });
        expect(await store.range(TALK, 1, 9)).toEqual([stored(9, 0)]);
        expect(await store.range("direct:a,b", 1, 9)).toEqual([other]);
        expect(await store.sinceSeq(0, 9, 9)).toEqual([other]);
      }));

    test("everything is there again after closing", () =>
      with_(async (store, here) => {
        if (!here.durable) return;
        await store.claim();
        await store.enqueue(draft("a"));
        await store.enqueue(draft("b"));
        await store.apply({
          epoch: 1,
          deleteOutbox: [1],
          entries: [stored(1, 1)],
          conversations: [{ ...emptyRow(TALK), head: 1, last: 1 }],
          meta: { stored: 1, handled: 1, ticket: "t" },
        });
        const before = await store.read();
        await store.close();
        const again = here.open();
        expect(await again.open("device03")).toEqual(before);
        expect((await again.enqueue(draft("c"))).counter).toBe(3);
        await again.close();
      }));
  });
}
