/**
 * A store in one append-only file, for Node versions without node:sqlite: each transaction is one
 * line, so a line cut short by a crash is a transaction that never was. One process at a time.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { newMeta, Records } from "../engine/records.ts";
import type {
  ClientStore,
  OutboxDraft,
  OutboxRow,
  StoreBatch,
  StoreImage,
  StoreMeta,
} from "../store.ts";

type Line =
  | { readonly op: "open"; readonly meta: StoreMeta }
  | { readonly op: "enqueue"; readonly row: OutboxRow }
  | { readonly op: "apply"; readonly batch: StoreBatch }
  | { readonly op: "claim" };

/** Rewritten at opening when the journal has more lines than this. */
const COMPACT_LINES = 2_000;
const ENTRIES_PER_LINE = 500;

/** `durable`: wait for the disk at each transaction, so that even a power cut loses nothing. */
export function fileStore(path: string, options: { readonly durable?: boolean } = {}): ClientStore {
  return new FileStore(path, options.durable ?? false);
}

class FileStore implements ClientStore {
  readonly #path: string;
  readonly #durable: boolean;
  #records = new Records(newMeta(""));
  #file: number | undefined;

  constructor(path: string, durable: boolean) {
    this.#path = path;
    this.#durable = durable;
  }

  async open(device: string): Promise<StoreImage> {
    if (this.#file !== undefined) return this.#records.image();
    const lines = existsSync(this.#path) ? readJournal(this.#path) : [];
    const [first, ...rest] = lines;
    const meta = first?.op === "open" ? first.meta : newMeta(device);
    this.#records = new Records(meta);
    for (const line of rest) replay(this.#records, line);
    if (lines.length > COMPACT_LINES) compact(this.#path, this.#records);
    this.#file = openSync(this.#path, "a", 0o600);
    if (first === undefined) this.#write({ op: "open", meta });
    return this.#records.image();
  }

  async enqueue(draft: OutboxDraft) {
    const row: OutboxRow = {
      ...draft,
      counter: this.#records.meta.counter + 1,
      status: { kind: "waiting" },
    };
    this.#write({ op: "enqueue", row }, draft.durable);
    this.#records.restore(row);
    return row;
  }

  async apply(batch: StoreBatch) {
    if (batch.epoch !== this.#records.meta.epoch) return false;
    this.#write({ op: "apply", batch });
    return this.#records.apply(batch);
  }

  async claim() {
    this.#write({ op: "claim" });
    return this.#records.claim();
  }

  async read() {
    return this.#records.image();
  }

  async range(conversation: string, from: number, to: number) {
    return this.#records.range(conversation, from, to);
  }

  async sinceSeq(after: number, upTo: number, limit: number) {
    return this.#records.sinceSeq(after, upTo, limit);
  }

  async close() {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  /** Before the maps change: what could not be written has not happened. */
  #write(line: Line, durable = false): void {
    if (this.#file === undefined) throw new Error("the store is not open");
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
    if (durable || this.#durable) fsyncSync(this.#file);
  }
}

/** The whole lines; what follows the last line break was cut short and is removed. */
function readJournal(path: string): Line[] {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) truncateSync(path, end);
  const lines = bytes.subarray(0, end).toString("utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Line);
}

function replay(records: Records, line: Line): void {
  switch (line.op) {
    case "enqueue":
      return records.restore(line.row);
    case "apply":
      return void records.apply(line.batch);
    case "claim":
      return void records.claim();
    case "open":
      throw new Error("a second opening line in the journal");
  }
}

/** Beside the old file, then in its place: a crash leaves one or the other whole. */
function compact(path: string, records: Records): void {
  const beside = `${path}.new`;
  const file = openSync(beside, "w", 0o600);
  const write = (line: Line) => writeSync(file, `${JSON.stringify(line)}\n`);
  write({ op: "open", meta: records.meta });
  for (const batch of records.dump(ENTRIES_PER_LINE)) write({ op: "apply", batch });
  fsyncSync(file);
  closeSync(file);
  renameSync(beside, path);
}
