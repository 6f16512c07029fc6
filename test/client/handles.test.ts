/** What a tab knows when it takes over the lead: neither less than the store, nor less than it was told. */
import { expect, test } from "vitest";
import { emptyRow, peerHas } from "../../client/core/conversations.ts";
import { Book } from "../../client/engine/book.ts";
import type { Change } from "../../client/engine/change.ts";
import { Handles } from "../../client/engine/handles.ts";
import type { OutboxRow, StoredEntry, StoreImage } from "../../client/store.ts";
import { TALK } from "../support/client/lab.ts";
import { ROW } from "../support/client/outbox-row.ts";

const STORED: StoredEntry = {
  key: ROW.key,
  entry: {
    seq: 1,
    conversation: TALK,
    at: 5,
    number: 1,
    id: "alice:device01:1",
    body: ROW.content,
  },
};

function imageWith(change: Partial<StoreImage>): StoreImage {
  const meta = { user: "alice", device: "device01" } as StoreImage["meta"];
  return { meta, outbox: [], conversations: [], lasts: [], ...change } as StoreImage;
}

function aliceBook(): Book {
  const book = new Book(() => undefined);
  book.apply({ image: imageWith({ conversations: [emptyRow(TALK)] }), user: "alice" });
  return book;
}

/** A message of this tab, and what it hears of it. */
function sentMessage({ isWritten = true } = {}) {
  const book = aliceBook();
  const handles = new Handles();
  const handle = handles.make(ROW.key, 0);
  if (isWritten) handles.queued(ROW, book);
  const states: string[] = [];
  handle.onState((state) => states.push(state));
  const hear = (...changes: readonly Change[]) => {
    for (const change of changes) {
      book.apply(change);
      handles.apply(change, book);
    }
  };
  return { handle, states, hear };
}

test("L3 what a leader wrote and did not live to tell is told by the next one", async () => {
  const { handle, hear } = sentMessage();
  const failure = { code: "not-allowed", retryable: false } as const;
  hear({ image: imageWith({ outbox: [{ ...ROW, status: { kind: "failed", failure } }] }) });
  await expect(handle.accepted).rejects.toMatchObject({ code: "not-allowed" });
  expect(handle.state).toBe("failed");
});

test.each<[string, Change]>([
  ["promised", { outbox: [{ ...ROW, status: { kind: "accepted", number: 1, at: 5 } }] }],
  ["in the log", { arrived: [STORED], entries: [STORED], gone: [ROW.counter] }],
])(
  "L3 a message that is %s before its own tab's write is answered has its id",
  async (_, change) => {
    const { handle, hear } = sentMessage({ isWritten: false });
    hear(change);
    expect(handle.id).toBe(STORED.entry.id);
    expect(await handle.queued).toBe(STORED.entry.id);
    expect((await handle.accepted).id).toBe(STORED.entry.id);
  },
);

test("L3 what a leader of the past tells of what waited takes no promise back", () => {
  const { handle, hear } = sentMessage();
  hear({ outbox: [ROW] });
  hear({ phases: [[ROW.counter, "sending"]] });
  expect(handle.state).toBe("sending");
  hear({ outbox: [{ ...ROW, status: { kind: "accepted", number: 1, at: 5 } }] });
  hear({ outbox: [ROW], phases: [[ROW.counter, "delayed"]] });
  expect(handle.state).toBe("accepted");
  hear({ arrived: [STORED], entries: [STORED], gone: [ROW.counter] });
  hear({ outbox: [ROW], phases: [[ROW.counter, "sending"]] });
  expect(handle.state).toBe("accepted");
});

test("R9 a hint that stands in no store is not taken back by what is read there", () => {
  const book = aliceBook();
  const reaches = [{ number: 3, delivered: 2, read: 1, of: 2 }];
  book.apply({ rows: [{ ...peerHas(emptyRow(TALK), { delivered: 3, read: 2 }), reaches }] });
  book.apply({ image: imageWith({ conversations: [emptyRow(TALK)] }) });
  expect(book.row(TALK)).toMatchObject({ peerDelivered: 3, peerRead: 2, peerRouted: 3, reaches });
});

test("R9 nor by a row from a tab that has not heard it", () => {
  const book = aliceBook();
  book.apply({ rows: [peerHas(emptyRow(TALK), { delivered: 0, read: 0 }, 3)] });
  book.apply({ rows: [{ ...emptyRow(TALK), head: 4 }] });
  expect(book.row(TALK)).toMatchObject({ peerRouted: 3, head: 4 });
});

test("R9 what is sent again after it was given up takes back nothing of what it was", () => {
  const { handle, hear } = sentMessage();
  const failure = { code: "expired", retryable: false } as const;
  const given: OutboxRow = { ...ROW, key: "alice:device01:1", status: { kind: "failed", failure } };
  hear(
    { outbox: [ROW] },
    { arrived: [STORED], entries: [STORED], gone: [ROW.counter] },
    { outbox: [given] },
    { outbox: [{ ...given, status: { kind: "waiting" } }] },
    { phases: [[ROW.counter, "sending"]] },
  );
  expect(handle.state).toBe("accepted");
});

test("L3 what a leader of the past tells of a message that has come back takes nothing back", () => {
  const { states, hear } = sentMessage();
  const accepted: Change = {
    outbox: [{ ...ROW, status: { kind: "accepted", number: 1, at: 5 } }],
  };
  hear(
    accepted,
    { arrived: [STORED], entries: [STORED], rows: [emptyRow(TALK)] },
    { rows: [peerHas(emptyRow(TALK), { delivered: 1, read: 0 })] },
    accepted,
  );
  expect(states).toEqual(["accepted", "delivered"]);
});

test("what was queued since the store was read is not forgotten with what is read there", () => {
  const book = aliceBook();
  const image = imageWith({});
  const before: OutboxRow = { ...ROW, key: "key-0", counter: 1 };
  const since: OutboxRow = { ...ROW, counter: 2 };
  book.apply({ outbox: [before, since] });
  book.apply({ image: { ...image, meta: { ...image.meta, counter: 1 } } });
  expect(book.outbox.sorted()).toEqual([since]);
});
