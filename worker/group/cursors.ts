import type { Origin } from "../../protocol/ids.ts";
import { exceeds, joinMarks, type Marks, marksOf } from "../../protocol/marks.ts";
import { deviceKey } from "../core/conversation.ts";
import type { Member } from "../core/group/state.ts";
import type { Cursor, GroupStore } from "../group-store.ts";
import type { GroupLog } from "./log.ts";

/** Members in one row of cursors. */
const SHARD_MEMBERS = 256;

/**
 * How far each member's object is, and the judge's memory of their devices. They move with every
 * message and cost no row then: many members stand in one row, written now and then. Counters are
 * rebuilt from the log's entries since; how far the objects are, they are asked.
 */
export class Cursors {
  readonly #store: GroupStore;
  readonly #cursors = new Map<string, Cursor>();
  readonly #slots = new Map<string, number>();
  readonly #dirty = new Set<number>();
  #flushed: number;
  /** When the first of these changes was made that no row has yet; null: none. */
  dirtySince: number | null = null;

  constructor(store: GroupStore, log: GroupLog, members: Iterable<Member>) {
    this.#store = store;
    for (const { cursors } of store.shards()) {
      for (const cursor of cursors) this.#cursors.set(cursor.user, cursor);
    }
    for (const { user, slot } of members) this.#slots.set(user, slot);
    this.#flushed = Number(store.fact("flushed") ?? 0);
    for (const { origin } of log.after(this.#flushed)) this.#count(origin);
  }

  /** Entries whose counters stand in rows. */
  get flushed(): number {
    return this.#flushed;
  }

  of(user: string): Cursor {
    const known = this.#cursors.get(user);
    if (known !== undefined) return known;
    const cursor: Cursor = { user, have: 0, kept: 0, delivered: 0, read: 0, last: {} };
    this.#cursors.set(user, cursor);
    return cursor;
  }

  /** A member has come: its cursor gets a place in a row. */
  place({ user, slot }: Member): void {
    this.#slots.set(user, slot);
  }

  /** Last counter accepted from this device. */
  last(origin: Origin): number {
    return this.#cursors.get(origin.user)?.last[deviceKey(origin)] ?? 0;
  }

  /** Counters cost no row of their own: the log has them too. */
  count(origin: Origin, now: number): void {
    this.#count(origin);
    this.#touch(origin.user, now);
  }

  #count(origin: Origin): void {
    // A device may have named itself like what every object inherits.
    this.of(origin.user).last[deviceKey(origin)] = origin.counter;
  }

  /** What a member's object says of itself: how far its copy and its membership are. */
  hear(user: string, word: { readonly have: number; readonly kept: number }, now: number): void {
    const cursor = this.of(user);
    if (cursor.have === word.have && cursor.kept === word.kept) return;
    cursor.have = word.have;
    cursor.kept = word.kept;
    this.#touch(user, now);
  }

  /** The member's marks that the group has. */
  marksOf(user: string): Marks {
    const { delivered, read, except = [] } = this.of(user);
    return marksOf(delivered, read, except);
  }

  /** Marks move forward only (rule R9); true: these did. */
  mark(user: string, marks: Marks, head: number, now: number): boolean {
    const cursor = this.of(user);
    const { delivered, read, except = [] } = marks;
    const capped = marksOf(Math.min(delivered, head), Math.min(read, head), except);
    if (!exceeds(capped, cursor)) return false;
    const joined = joinMarks(cursor, capped);
    cursor.delivered = joined.delivered;
    cursor.read = joined.read;
    cursor.except = joined.except;
    this.#touch(user, now);
    return true;
  }

  /** Writes what has changed since the last time. */
  flush(head: number): void {
    const shards = new Map<number, Cursor[]>([...this.#dirty].map((shard) => [shard, []]));
    for (const [user, slot] of this.#slots) shards.get(shardOf(slot))?.push(this.of(user));
    for (const [shard, cursors] of shards) this.#store.saveShard(shard, cursors);
    if (head !== this.#flushed) this.#store.setFact("flushed", String(head));
    this.#flushed = head;
    this.#dirty.clear();
    this.dirtySince = null;
  }

  #touch(user: string, now: number): void {
    const slot = this.#slots.get(user);
    if (slot === undefined) return;
    this.#dirty.add(shardOf(slot));
    this.dirtySince ??= now;
  }
}

function shardOf(slot: number): number {
  return Math.floor(slot / SHARD_MEMBERS);
}
