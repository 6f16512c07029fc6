/** A store in an SQLite file, through Node's own module. One process at a time. */
import { createRequire } from "node:module";
import type { DatabaseSync, StatementSync } from "node:sqlite";
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

/** Node 20 has no such module, and 22 first hid it behind a flag. */
export function hasSqlite(): boolean {
  return loadSqlite() !== undefined;
}

function loadSqlite(): typeof import("node:sqlite") | undefined {
  try {
    return createRequire(import.meta.url)("node:sqlite") as typeof import("node:sqlite");
  } catch {
    return undefined;
  }
}

/** `durable`: wait for the disk at each transaction, so that even a power cut loses nothing. */
export function sqliteStore(
  path: string,
  options: { readonly durable?: boolean } = {},
): ClientStore {
  return new SqliteStore(path, options.durable ?? false);
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS meta (one INTEGER PRIMARY KEY CHECK (one = 1), value TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS outbox (counter INTEGER PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS conversation (id TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS entry (
    conversation TEXT, number INTEGER, seq INTEGER NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (conversation, number)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS entry_seq ON entry (seq);
`;

class SqliteStore implements ClientStore {
  readonly #path: string;
  readonly #durable: boolean;
  #database: DatabaseSync | undefined;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, durable: boolean) {
    this.#path = path;
    this.#durable = durable;
  }

  async open(device: string): Promise<StoreImage> {
    if (this.#database === undefined) {
      const sqlite = loadSqlite();
      if (sqlite === undefined) throw new Error("this Node has no node:sqlite");
      this.#database = new sqlite.DatabaseSync(this.#path);
      this.#database.exec("PRAGMA journal_mode = WAL");
      this.#database.exec(SCHEMA);
      this.#run("INSERT OR IGNORE INTO meta VALUES (1, ?)", JSON.stringify(newMeta(device)));
    }
    return this.#image();
  }

  async enqueue(draft: OutboxDraft): Promise<OutboxRow> {
    return this.#transact(() => {
      const meta = this.#meta();
      const row: OutboxRow = { ...draft, counter: meta.counter + 1, status: { kind: "waiting" } };
      this.#putMeta({ ...meta, counter: row.counter });
      this.#putOutbox(row);
      this.#run("DELETE FROM outbox WHERE counter = ?", draft.replaces ?? 0);
      return row;
    }, draft.durable);
  }

  async apply(batch: StoreBatch): Promise<boolean> {
    return this.#transact(() => {
      const meta = metaAfter(this.#meta(), batch);
      if (meta === undefined) return false;
      if (batch.meta !== undefined || batch.counterFloor !== undefined) this.#putMeta(meta);
      if (batch.clearEntries) this.#run("DELETE FROM entry");
      if (batch.clearEntriesOf !== undefined) {
        this.#run("DELETE FROM entry WHERE conversation = ?", batch.clearEntriesOf);
      }
      for (const row of batch.putOutbox ?? []) this.#putOutbox(row);
      for (const counter of batch.deleteOutbox ?? []) {
        this.#run("DELETE FROM outbox WHERE counter = ?", counter);
      }
      for (const stored of batch.entries ?? []) this.#putEntry(stored);
      for (const row of batch.conversations ?? []) {
        const text = JSON.stringify(row);
        this.#run("INSERT OR REPLACE INTO conversation VALUES (?, ?)", row.conversation, text);
      }
      return true;
    });
  }

  async claim(): Promise<number> {
    return this.#transact(() => {
      const meta = this.#meta();
      this.#putMeta({ ...meta, epoch: meta.epoch + 1 });
      return meta.epoch + 1;
    });
  }

  async read(): Promise<StoreImage> {
    return this.#image();
  }

  async range(conversation: string, from: number, to: number) {
    return this.#all<StoredEntry>(
      "SELECT value FROM entry WHERE conversation = ? AND number BETWEEN ? AND ? ORDER BY number",
      conversation,
      from,
      to,
    );
  }

  async sinceSeq(after: number, upTo: number, limit: number) {
    return this.#all<StoredEntry>(
      "SELECT value FROM entry WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
      after,
      upTo,
      limit,
    );
  }

  async close(): Promise<void> {
    this.#statements.clear();
    this.#database?.close();
    this.#database = undefined;
  }

  #image(): StoreImage {
    const conversations = this.#all<ConversationRow>("SELECT value FROM conversation");
    const lasts = conversations.flatMap(({ conversation, last }) =>
      this.#all<StoredEntry>(
        "SELECT value FROM entry WHERE conversation = ? AND number = ?",
        conversation,
        last,
      ),
    );
    const outbox = this.#all<OutboxRow>("SELECT value FROM outbox ORDER BY counter");
    return { meta: this.#meta(), outbox, conversations, lasts };
  }

  #meta(): StoreMeta {
    const [meta] = this.#all<StoreMeta>("SELECT value FROM meta");
    if (meta === undefined) throw new Error("the store has no meta row");
    return meta;
  }

  #putMeta(meta: StoreMeta): void {
    this.#run("UPDATE meta SET value = ?", JSON.stringify(meta));
  }

  #putOutbox(row: OutboxRow): void {
    this.#run("INSERT OR REPLACE INTO outbox VALUES (?, ?)", row.counter, JSON.stringify(row));
  }

  #putEntry(stored: StoredEntry): void {
    const { conversation, number, seq } = stored.entry;
    const text = JSON.stringify(stored);
    this.#run("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)", conversation, number, seq, text);
  }

  #transact<Result>(body: () => Result, durable = false): Result {
    const level = durable || this.#durable ? "FULL" : "NORMAL";
    this.#database?.exec(`PRAGMA synchronous = ${level}`);
    this.#run("BEGIN IMMEDIATE");
    try {
      const result = body();
      this.#run("COMMIT");
      return result;
    } catch (error) {
      this.#run("ROLLBACK");
      throw error;
    }
  }

  #run(sql: string, ...values: (string | number)[]): void {
    this.#statement(sql).run(...values);
  }

  #all<Row>(sql: string, ...values: (string | number)[]): Row[] {
    const rows = this.#statement(sql).all(...values) as { value: string }[];
    return rows.map(({ value }) => JSON.parse(value) as Row);
  }

  #statement(sql: string): StatementSync {
    if (this.#database === undefined) throw new Error("the store is not open");
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made = this.#database.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }
}
