/** A store in IndexedDB, shared by all tabs of an origin. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { metaAfter, newMeta } from "../engine/records.ts";
import type {
  ClientStore,
  ConversationRow,
  OutboxDraft,
  OutboxRow,
  StoreBatch,
  StoredEntry,
  StoreImage,
  StoreMeta,
} from "../store.ts";

interface Schema extends DBSchema {
  meta: { key: number; value: StoreMeta };
  outbox: { key: number; value: OutboxRow };
  conversation: { key: string; value: ConversationRow };
  entry: { key: [string, number]; value: StoredEntry; indexes: { seq: number } };
}

const META = 1;

/** `durable`: each transaction waits for the disk; without it a power cut may take some seconds. */
export function indexedDbStore(
  name: string,
  options: { readonly durable?: boolean } = {},
): ClientStore {
  return new IndexedDbStore(name, options.durable ? "strict" : "relaxed");
}

class IndexedDbStore implements ClientStore {
  readonly #name: string;
  readonly #durability: "strict" | "relaxed";
  #database: IDBPDatabase<Schema> | undefined;

  constructor(name: string, durability: "strict" | "relaxed") {
    this.#name = name;
    this.#durability = durability;
  }

  async open(device: string): Promise<StoreImage> {
    this.#database ??= await this.#openDatabase();
    const tx = this.#writing(["meta"]);
    const meta = tx.objectStore("meta");
    if ((await meta.get(META)) === undefined) await meta.put(newMeta(device), META);
    await tx.done;
    return this.read();
  }

  async enqueue(draft: OutboxDraft): Promise<OutboxRow> {
    const tx = this.#writing(["meta", "outbox"], draft.durable);
    const meta = await metaOf(tx.objectStore("meta"));
    const outbox = tx.objectStore("outbox");
    const row: OutboxRow = { ...draft, counter: meta.counter + 1, status: { kind: "waiting" } };
    const writes = [
      tx.objectStore("meta").put({ ...meta, counter: row.counter }, META),
      outbox.put(row),
      outbox.delete(draft.replaces ?? 0),
    ];
    await Promise.all([...writes, tx.done]);
    return row;
  }

  async apply(batch: StoreBatch): Promise<boolean> {
    const tx = this.#writing(["meta", "outbox", "conversation", "entry"]);
    const meta = metaAfter(await metaOf(tx.objectStore("meta")), batch);
    if (meta === undefined) return false;
    const outbox = tx.objectStore("outbox");
    const writes: Promise<unknown>[] = [tx.objectStore("meta").put(meta, META)];
    if (batch.clearEntries) writes.push(tx.objectStore("entry").clear());
    if (batch.clearEntriesOf !== undefined) {
      const all = IDBKeyRange.bound([batch.clearEntriesOf], [batch.clearEntriesOf, []]);
      writes.push(tx.objectStore("entry").delete(all));
    }
    for (const row of batch.putOutbox ?? []) writes.push(outbox.put(row));
    for (const counter of batch.deleteOutbox ?? []) writes.push(outbox.delete(counter));
    for (const stored of batch.entries ?? []) writes.push(tx.objectStore("entry").put(stored));
    for (const row of batch.conversations ?? [])
      writes.push(tx.objectStore("conversation").put(row));
    await Promise.all([...writes, tx.done]);
    return true;
  }

  async claim(): Promise<number> {
    const tx = this.#writing(["meta"]);
    const meta = await metaOf(tx.objectStore("meta"));
    const epoch = meta.epoch + 1;
    await Promise.all([tx.objectStore("meta").put({ ...meta, epoch }, META), tx.done]);
    return epoch;
  }

  async read(): Promise<StoreImage> {
    const tx = this.#opened().transaction(["meta", "outbox", "conversation", "entry"]);
    const [meta, outbox, conversations] = await Promise.all([
      metaOf(tx.objectStore("meta")),
      tx.objectStore("outbox").getAll(),
      tx.objectStore("conversation").getAll(),
    ]);
    const found = await Promise.all(
      conversations.map(({ conversation, last }) =>
        tx.objectStore("entry").get([conversation, last]),
      ),
    );
    const lasts = found.filter((stored) => stored !== undefined);
    return { meta, outbox, conversations, lasts };
  }

  async range(conversation: string, from: number, to: number) {
    if (from > to) return [];
    const range = IDBKeyRange.bound([conversation, from], [conversation, to]);
    return this.#opened().getAll("entry", range);
  }

  async sinceSeq(after: number, upTo: number, limit: number) {
    if (after >= upTo) return [];
    const range = IDBKeyRange.bound(after, upTo, true);
    return this.#opened().getAllFromIndex("entry", "seq", range, limit);
  }

  async close(): Promise<void> {
    this.#database?.close();
    this.#database = undefined;
  }

  #openDatabase(): Promise<IDBPDatabase<Schema>> {
    return openDB<Schema>(this.#name, 1, {
      upgrade(database) {
        database.createObjectStore("meta");
        database.createObjectStore("outbox", { keyPath: "counter" });
        database.createObjectStore("conversation", { keyPath: "conversation" });
        const entry = database.createObjectStore("entry", {
          keyPath: ["entry.conversation", "entry.number"],
        });
        entry.createIndex("seq", "entry.seq");
      },
      // Another tab deletes or upgrades: keeping it open would block that tab for ever.
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    });
  }

  #opened(): IDBPDatabase<Schema> {
    if (this.#database === undefined) throw new Error("the store is not open");
    return this.#database;
  }

  #writing<Names extends ("meta" | "outbox" | "conversation" | "entry")[]>(
    names: Names,
    durable = false,
  ) {
    const durability = durable ? "strict" : this.#durability;
    return this.#opened().transaction(names, "readwrite", { durability });
  }
}

async function metaOf(store: { get(key: number): Promise<StoreMeta | undefined> }) {
  const meta = await store.get(META);
  if (meta === undefined) throw new Error("the store has no meta row");
  return meta;
}
