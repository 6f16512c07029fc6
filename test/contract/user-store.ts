/** What the rows of a user's object must do, over whatever SQLite they stand in. */
import { describe, expect, test } from "vitest";
import { newConversation } from "../../worker/core/conversation.ts";
import type { DeviceRow } from "../../worker/core/device.ts";
import type { Segment } from "../../worker/core/ledger.ts";
import type { TimelineRow } from "../../worker/core/row.ts";
import type { Sql } from "../../worker/sql.ts";
import { UserStore } from "../../worker/user-store.ts";

/** A database of its own. */
export interface SqlPlace {
  run<T>(body: (sql: Sql) => T): Promise<T>;
  alarm(): Promise<number | null>;
  /** Rows that `body` writes, as they are billed. */
  written(body: (sql: Sql) => void): Promise<number>;
}

const TALK = "direct:alice,bob";

function row(seq: number, fields: Partial<TimelineRow> = {}): TimelineRow {
  return {
    seq,
    conversation: TALK,
    number: seq,
    origin: { user: "alice", device: "device01", counter: seq },
    at: 1_000 + seq,
    keptAt: 2_000 + seq,
    priority: "normal",
    hash: 2 ** 52 - 1,
    body: { kind: "text", text: `m${seq} 👋 "quoted"` },
    changes: null,
    previous: seq - 1,
    jump: 0,
    countable: seq,
    own: 0,
    ...fields,
  };
}

function mark(seq: number): TimelineRow {
  const body = { kind: "read", number: seq, unread: 0 } as const;
  return row(seq, { number: null, origin: null, body });
}

function device(name: string): DeviceRow {
  return {
    device: name,
    name: "demo",
    platform: "web",
    version: "1.0",
    addedAt: 1,
    seenAt: 2,
    cursor: 3,
    ticketNumber: 2 ** 51,
    epoch: 0,
    roundTrip: { smoothedMs: 20, varianceMs: 2.5 },
    strikes: null,
    exceptions: [4],
    revokedAt: null,
  };
}

function segment(from: number, to: number): Segment {
  return {
    device: "device01",
    from,
    to,
    route: "live",
    attempts: 1,
    firstPushAt: 1,
    lastPushAt: 1,
    ackedAt: null,
  };
}

const pending = (position: number) => ({
  position,
  conversation: TALK,
  append: {
    origin: { user: "alice", device: "device01", counter: position },
    prev: position - 1,
    priority: "normal" as const,
    hash: 7,
    content: { kind: "text" as const, text: "later" },
  },
  since: 5,
});

export function userStoreContract(name: string, newPlace: () => SqlPlace): void {
  const use = <T>(body: (store: UserStore) => T, place = newPlace()) =>
    place.run((sql) => body(new UserStore(sql)));

  describe(`user store over ${name}`, () => {
    test("a new one is empty", () =>
      use((store) => {
        expect(store.head()).toBe(0);
        expect(store.row(1)).toBeUndefined();
        expect(store.rows(1, 10)).toEqual([]);
        expect(store.conversations()).toEqual([]);
        expect(store.devices()).toEqual([]);
        expect(store.pending()).toEqual([]);
        expect(store.fact("x")).toBeUndefined();
      }));

    test("rows come back as they were, in their order", () =>
      use((store) => {
        const rows = [
          row(1),
          mark(2),
          row(3, { priority: "urgent", changes: { edited: 5, reactions: { "👍": ["bob"] } } }),
          row(4, { number: null, body: { kind: "withheld" } }),
        ];
        for (const one of rows) store.append(one);
        expect(store.head()).toBe(4);
        expect(store.rows(1, 10)).toEqual(rows);
        expect(store.rows(2, 2)).toEqual(rows.slice(1, 3));
        expect(store.row(3)).toEqual(rows[2]);
        expect(store.rowFrom(5)).toBeUndefined();
      }));

    test("a seq is used once", () =>
      use((store) => {
        store.append(row(1));
        expect(() => store.append(row(1))).toThrow();
      }));

    test("a rewrite changes body and changes, and nothing else", () =>
      use((store) => {
        store.append(row(1));
        store.append(row(2));
        store.rewrite(1, { kind: "recalled", by: "alice" }, null);
        expect(store.row(1)).toEqual(row(1, { body: { kind: "recalled", by: "alice" } }));
        store.rewrite(1, { kind: "text", text: "x" }, { edited: 2 });
        expect(store.row(1)?.changes).toEqual({ edited: 2 });
        expect(store.row(2)).toEqual(row(2));
      }));

    test("an origin is found wherever it stands, the accepted one before a failed one", () =>
      use((store) => {
        const origin = { user: "alice", device: "device01", counter: 9 };
        const content = { kind: "text", text: "x" } as const;
        const failed = { kind: "failed", code: "gone", content } as const;
        store.append(row(1, { origin, number: null, body: failed }));
        expect(store.rowOfOrigin("alice", "device01", 9)?.seq).toBe(1);
        store.append(row(2, { origin }));
        expect(store.rowOfOrigin("alice", "device01", 9)?.seq).toBe(2);
        expect(store.rowOfOrigin("alice", "device02", 9)).toBeUndefined();
        expect(store.rowOfOrigin("bob", "device01", 9)).toBeUndefined();
      }));

    test("trimming takes marks and receipts of a range, never a message or a failure", () =>
      use((store) => {
        const failed = row(3, { number: null });
        for (const one of [row(1), mark(2), failed, mark(4), mark(5)]) store.append(one);
        store.trim(1, 4);
        expect(store.rows(1, 10).map(({ seq }) => seq)).toEqual([1, 3, 5]);
        expect(store.rowFrom(2)?.seq).toBe(3);
        expect(store.head()).toBe(5);
      }));

    test("the newest entry of others by conversation", () =>
      use((store) => {
        const bob = { user: "bob", device: "device09", counter: 1 };
        store.append(row(1, { origin: bob }));
        store.append(row(2, { origin: bob }));
        store.append(row(3));
        store.append(mark(4));
        store.append(row(5, { origin: bob, conversation: "direct:alice,carol", number: 1 }));
        expect([...store.newestForeign(1, 4, "alice")]).toEqual([[TALK, 2]]);
        expect(new Map(store.newestForeign(1, 5, "alice")).get("direct:alice,carol")).toBe(1);
        expect([...store.newestForeign(3, 4, "alice")]).toEqual([]);
      }));

    test("conversations, devices and facts are written over", () =>
      use((store) => {
        const state = newConversation(TALK);
        store.saveConversation(state);
        store.saveConversation({ ...state, read: 7 });
        expect(store.conversation(TALK)).toEqual({ ...state, read: 7 });
        expect(store.conversations()).toHaveLength(1);
        store.saveDevice(device("device01"));
        store.saveDevice({ ...device("device01"), cursor: 8 });
        store.saveDevice(device("device02"));
        expect(store.device("device01")).toEqual({ ...device("device01"), cursor: 8 });
        store.deleteDevice("device01");
        expect(store.devices()).toEqual([device("device02")]);
        store.setFact("a", "1");
        store.setFact("a", "2");
        expect(store.fact("a")).toBe("2");
      }));

    test("what is pending comes back in its order until it is deleted", () =>
      use((store) => {
        for (const position of [2, 1, 3]) store.addPending(pending(position));
        store.deletePending(2);
        expect(store.pending()).toEqual([pending(1), pending(3)]);
      }));

    test("the segments of a seq are found among all", () =>
      use((store) => {
        store.addSegments([segment(1, 3), segment(8, 9)]);
        store.addSegments([segment(4, 7)]);
        expect(store.segmentsOf(4)).toContainEqual(segment(4, 7));
        expect(store.segmentsOf(9)).toContainEqual(segment(8, 9));
        expect(store.segmentsOf(10)).toEqual([]);
      }));

    test("opening again keeps everything and writes nothing", async () => {
      const place = newPlace();
      await use((store) => store.append(row(1)), place);
      expect(await place.written((sql) => new UserStore(sql))).toBe(0);
      await use((store) => expect(store.row(1)).toEqual(row(1)), place);
    });

    test("a transaction that throws leaves neither rows nor alarm", async () => {
      const place = newPlace();
      await use((store) => {
        store.transact(() => {
          store.append(row(1));
          store.setAlarm(Date.now() + 3_600_000);
        });
      }, place);
      const alarm = await place.alarm();
      expect(alarm).not.toBeNull();
      await use((store) => {
        const work = () =>
          store.transact(() => {
            store.append(row(2));
            store.rewrite(1, { kind: "withheld" }, null);
            store.saveDevice(device("device01"));
            store.setAlarm(Date.now() + 60_000);
            throw new Error("half-way");
          });
        expect(work).toThrow("half-way");
        expect(store.rows(1, 10)).toEqual([row(1)]);
        expect(store.devices()).toEqual([]);
      }, place);
      expect(await place.alarm()).toBe(alarm);
    });

    test("R16 what the log has beside a stub is kept, changed and dropped, a row each", async () => {
      const place = newPlace();
      const truth = { body: { kind: "text", text: "unseen" }, changes: null } as const;
      await use(({ people }) => people.veil(1, truth), place);
      const cost = (work: (store: UserStore) => void) =>
        place.written((sql) => work(new UserStore(sql)));
      expect(await cost(({ people }) => people.veil(1, { ...truth, changes: { edited: 2 } }))).toBe(
        1,
      );
      await use(({ people }) => {
        expect(people.veiled(1)).toEqual({ ...truth, changes: { edited: 2 } });
        expect(people.veiled(2)).toBeUndefined();
      }, place);
      expect(await cost(({ people }) => people.unveil(1))).toBe(1);
      expect(await cost(({ people }) => people.unveil(1))).toBe(0);
      await use(({ people }) => expect(people.veiled(1)).toBeUndefined(), place);
    });

    test("R16 no mark stands on what is not seen", async () => {
      await use((store) => {
        store.append(row(1));
        store.append(row(2, { body: { kind: "withheld" } }));
        expect(store.newestForeign(1, 2, "bob")).toEqual(new Map([[TALK, 1]]));
        expect(store.newestForeign(2, 2, "bob")).toEqual(new Map());
      });
    });

    test("R23 who is still to be told is kept until they were", async () => {
      await use(({ people }) => {
        for (const one of ["direct:a,b", "direct:a,c", "direct:a,b"]) people.addFarewell(one);
        expect(people.farewells().sort()).toEqual(["direct:a,b", "direct:a,c"]);
        people.deleteFarewell("direct:a,b");
        expect(people.farewells()).toEqual(["direct:a,c"]);
      });
    });

    test("a part of the index is kept as it is, in as many rows as it takes", async () => {
      const place = newPlace();
      const index = { first: 1, last: 9, level: 1 };
      const long = Array.from({ length: 60_000 }, (_, i) => `\n搜索${i}\t${i + 1}\t${i + 1}`).join(
        "",
      );
      await use(({ search }) => {
        search.putPart(index, 0, "", 1);
        search.putPart(index, 3, long, 1);
        search.putPart({ first: 10, last: 12, level: 0 }, 0, "\na\t10\t10", 1);
      }, place);
      await use(({ search }) => {
        expect(search.segments(1)).toEqual([index, { first: 10, last: 12, level: 0 }]);
        expect(search.segments(2)).toEqual([]);
        expect(search.part(1, 3)).toBe(long);
        expect(search.part(1, 0)).toBe("");
        expect(search.part(1, 2)).toBe("");
        search.putPart(index, 3, "\nb\t2\t2", 1);
        expect(search.part(1, 3)).toBe("\nb\t2\t2");
        search.deletePart(1, 3);
        expect(search.part(1, 3)).toBe("");
        search.deleteOthers(2);
        expect(search.segments(1)).toEqual([]);
      }, place);
    });

    test("what is done with every message writes one row each", async () => {
      const place = newPlace();
      await use(() => undefined, place);
      const cost = (work: (store: UserStore) => void) =>
        place.written((sql) => work(new UserStore(sql)));
      expect(await cost((store) => store.append(row(1)))).toBe(1);
      expect(await cost((store) => store.append(mark(2)))).toBe(1);
      expect(await cost((store) => store.rewrite(1, { kind: "withheld" }, null))).toBe(1);
      expect(await cost((store) => store.saveDevice(device("device01")))).toBe(1);
      expect(await cost((store) => store.saveDevice(device("device01")))).toBe(1);
      expect(await cost((store) => store.saveConversation(newConversation(TALK)))).toBe(1);
      expect(await cost((store) => store.saveConversation(newConversation(TALK)))).toBe(1);
      expect(await cost((store) => store.addPending(pending(1)))).toBe(1);
      expect(await cost((store) => store.addSegments([segment(1, 1), segment(2, 2)]))).toBe(1);
      expect(await cost((store) => store.setFact("a", "1"))).toBe(1);
      expect(await cost((store) => store.setAlarm(Date.now() + 3_600_000))).toBe(1);
      const part = (store: UserStore) =>
        store.search.putPart({ first: 1, last: 9, level: 0 }, 0, "\na\t1\t1", 1);
      expect(await cost(part)).toBe(1);
      expect(await cost(part)).toBe(1);
      expect(await cost((store) => void store.rows(1, 10))).toBe(0);
    });
  });
}
