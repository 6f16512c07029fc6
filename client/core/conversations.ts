/**
 * Folding timeline entries into what is kept of conversations: lists, marks, unread counts and the
 * changes that later entries make to earlier ones.
 */
import type { Entry } from "../../protocol/entries.ts";
import { exceeds, joinMarks, type Marks } from "../../protocol/marks.ts";
import type { ConversationState } from "../../protocol/server-frames.ts";
import type { ConversationRow, StoredEntry } from "../store.ts";
import {
  amend,
  blankEdit,
  editsBetween,
  editsOf,
  isNumbered,
  isShown,
  isWhole,
  senderOf,
  targetOf,
} from "./amend.ts";
import type * as Everything from "./extras.ts";
import { handedOn, isFollowed, logCursor } from "./followed.ts";
import { readUpTo } from "./reading.ts";
import { countsUntilRecalled } from "./unread.ts";

/** What conversations take that are not plain; it must be here before one is folded. */
export type Extras = Pick<typeof Everything, "takeNumbered" | "takePersonal" | "takeState">;

export interface FoldContext {
  readonly user: string;
  readonly device: string;
  /** Rows as they were before. */
  row(conversation: string): ConversationRow | undefined;
  /** Stored entries that `targets` asked for. */
  entry(conversation: string, number: number): StoredEntry | undefined;
  /** The local key of a message of this device. */
  keyOf(counter: number): string | undefined;
  /** Entries of a large group's log that are stored already. */
  readonly known?: ReadonlyMap<number, StoredEntry> | undefined;
  readonly extras: Extras | undefined;
  /** The app takes nothing: what is stored is handed. */
  readonly isIdle?: boolean;
}

export interface Fold {
  readonly rows: ReadonlyMap<string, ConversationRow>;
  /** New and changed entries, by conversation and number. */
  readonly entries: ReadonlyMap<string, StoredEntry>;
  /** Numbered entries that are new, in the order of the timeline. */
  readonly arrived: readonly StoredEntry[];
  /** Counters of this device's messages that came back: their outbox rows have done their work. */
  readonly returned: readonly number[];
  /** Accepted messages that were given up after all. */
  readonly failed: readonly Entry[];
}

export function emptyRow(conversation: string): ConversationRow {
  return {
    conversation,
    head: 0,
    at: 0,
    unread: 0,
    read: 0,
    readTold: 0,
    peerRouted: 0,
    peerDelivered: 0,
    peerRead: 0,
    last: 0,
    start: 0,
    ownCounter: 0,
  };
}

export function entryKey(conversation: string, number: number): string {
  return `${conversation} ${number}`;
}

/** The counter of a message that this device sent; 0 for all others. */
export function counterOf(entry: Entry, user: string, device: string): number {
  const prefix = `${user}:${device}:`;
  return entry.id?.startsWith(prefix) ? Number(entry.id.slice(prefix.length)) : 0;
}

/**
 * What `fold` will want to know of the store: conversation and number of messages spoken about, and
 * the number that speaks. Where the message itself is not kept, what lies between may be its edits.
 */
export function targets(entries: readonly Entry[]): readonly (readonly [string, number, number])[] {
  return entries.flatMap((entry) => {
    const target = targetOf(entry.body);
    if (target === undefined || !isNumbered(entry)) return [];
    return [[entry.conversation, target, entry.number] as const];
  });
}

export function fold(entries: readonly Entry[], context: FoldContext): Fold {
  const folding = new Folding(context);
  for (const entry of entries) folding.take(entry);
  return folding;
}

/** One run of entries, folded one after the other. */
class Folding implements Fold {
  readonly rows = new Map<string, ConversationRow>();
  readonly entries = new Map<string, StoredEntry>();
  readonly arrived: StoredEntry[] = [];
  readonly returned: number[] = [];
  readonly failed: Entry[] = [];
  readonly #context: FoldContext;

  constructor(context: FoldContext) {
    this.#context = context;
  }

  take(entry: Entry): void {
    const { body, conversation } = entry;
    if (isNumbered(entry)) this.#takeNumbered(entry);
    else if (body.kind === "failed") this.failed.push(entry);
    else if (body.kind === "receipt" && body.user !== this.#context.user) {
      this.#change(conversation, (row) => peerHas(row, body));
      this.#keep(conversation);
    } else {
      const { device, extras } = this.#context;
      this.#change(conversation, (before) => {
        const row = body.kind === "read" ? readUpTo(before, body) : before;
        return extras?.takePersonal(row, entry, device) ?? row;
      });
    }
  }

  #takeNumbered(entry: StoredEntry["entry"]): void {
    const own = senderOf(entry) === this.#context.user;
    const counter = counterOf(entry, this.#context.user, this.#context.device);
    const key = counter === 0 ? undefined : this.#context.keyOf(counter);
    const known = entry.seq === 0 ? this.#context.known?.get(entry.number) : undefined;
    const stored = known ?? (key === undefined ? { entry } : { entry, key });
    const before = this.#row(entry.conversation);
    // A large group's log brings all: what the timeline has of it too is one of its entries early.
    const isEarly = isFollowed(before) && entry.seq > 0;
    const isPassed = isEarly && entry.number <= logCursor(before);
    if (!isPassed) this.#put(stored);
    if (!isPassed && known === undefined) this.arrived.push(stored);
    if (counter > 0) this.returned.push(counter);
    const isCounted = isEarly || entry.number <= before.head;
    this.#change(entry.conversation, (row) => {
      const heard = isEarly
        ? { ...row, ownCounter: Math.max(row.ownCounter, counter) }
        : handedOn(append(row, entry, own, counter), entry.number, this.#context.isIdle);
      return this.#context.extras?.takeNumbered(heard, entry, this.#context.user) ?? heard;
    });
    this.#applyToTarget(entry, isCounted);
  }

  /** `isCounted`: the state that this device began from knew of it; it is unread as that says. */
  #applyToTarget(entry: StoredEntry["entry"], isCounted: boolean): void {
    const number = targetOf(entry.body);
    if (number === undefined) return;
    const before = this.#find(entry.conversation, number);
    if (!isWhole(before)) return this.#forgetOrphans(entry, number, isCounted);
    const isRecall = entry.body.kind === "recall";
    if (isRecall && !isCounted) this.#uncount(entry.conversation, number, senderOf(before.entry));
    const after = amend(before, entry);
    if (after === before) return;
    this.#put(after);
    if (isRecall) this.#forget(editsOf(before, (one) => this.#find(entry.conversation, one)));
  }

  #forget(edits: readonly StoredEntry[]): void {
    for (const edit of edits) this.#put(blankEdit(edit));
  }

  /** What was recalled before it was read is unread no more. */
  #uncount(conversation: string, number: number, author: string): void {
    if (author === this.#context.user) return;
    this.#change(conversation, (row) =>
      number > row.read ? { ...row, unread: Math.max(0, row.unread - 1) } : row,
    );
  }

  /** A message that is not kept here, or not as itself, may have edits that are. */
  #forgetOrphans(recall: StoredEntry["entry"], target: number, isCounted: boolean): void {
    if (recall.body.kind !== "recall") return;
    const { conversation } = recall;
    this.#forget(editsBetween(target, recall.number, (one) => this.#find(conversation, one)));
    // Counted by the state that this device began from.
    const author = recall.body.author ?? senderOf(recall);
    if (!isCounted) this.#uncount(conversation, target, author);
  }

  #find(conversation: string, number: number): StoredEntry | undefined {
    const key = entryKey(conversation, number);
    return this.entries.get(key) ?? this.#context.entry(conversation, number);
  }

  #put(stored: StoredEntry): void {
    this.entries.set(entryKey(stored.entry.conversation, stored.entry.number), stored);
  }

  #change(conversation: string, update: (row: ConversationRow) => ConversationRow): void {
    const before = this.#row(conversation);
    const after = update(before);
    if (after !== before) this.rows.set(conversation, after);
  }

  /** A hint may have said the same before: it changed what is shown, and stands in no store. */
  #keep(conversation: string): void {
    const known = this.#context.row(conversation);
    if (known !== undefined) this.rows.set(conversation, this.#row(conversation));
  }

  #row(conversation: string): ConversationRow {
    return this.rows.get(conversation) ?? this.#context.row(conversation) ?? emptyRow(conversation);
  }
}

function append(
  row: ConversationRow,
  entry: StoredEntry["entry"],
  own: boolean,
  counter: number,
): ConversationRow {
  const { number, at, body } = entry;
  const isNew = number > Math.max(row.read, row.head);
  const unread = countsUntilRecalled(body) && !own && isNew ? row.unread + 1 : row.unread;
  return {
    ...row,
    unread,
    head: Math.max(row.head, number),
    ...(entry.seq === 0 ? { log: Math.max(row.log ?? 0, number) } : {}),
    at: isShown(body) ? Math.max(row.at, at) : row.at,
    last: isShown(body) ? Math.max(row.last, number) : row.last,
    ownCounter: Math.max(row.ownCounter, counter),
  };
}

/** How far the other side has it: read implies delivered, delivered implies routed. */
export function peerHas(row: ConversationRow, marks: Marks, routed = 0): ConversationRow {
  const delivered = Math.max(marks.delivered, marks.read);
  const told = { ...marks, delivered };
  const peerRouted = Math.max(row.peerRouted, routed, delivered);
  const peer = peerMarks(row);
  if (!exceeds(told, peer)) return peerRouted === row.peerRouted ? row : { ...row, peerRouted };
  const joined = joinMarks(peer, told);
  const { peerExcept: _, ...rest } = row;
  const except = joined.except === undefined ? {} : { peerExcept: joined.except };
  const { delivered: peerDelivered, read: peerRead } = joined;
  return { ...rest, peerDelivered, peerRead, peerRouted, ...except };
}

/** The other side's marks. */
export function peerMarks({ peerDelivered, peerRead, peerExcept }: ConversationRow): Marks {
  return { delivered: peerDelivered, read: peerRead, except: peerExcept };
}

/** After a reset the server's word counts; marks still only move forward. */
export function fromState(
  before: ConversationRow | undefined,
  state: ConversationState,
  device: string,
  extras: Extras | undefined,
): ConversationRow {
  const known = before ?? emptyRow(state.conversation);
  const row = extras?.takeState(known, state, device) ?? known;
  const { last } = state;
  return {
    ...peerHas(row, state.peer),
    head: state.head,
    at: state.at,
    unread: state.unread,
    read: Math.max(row.read, state.read),
    readTold: state.read,
    last: last !== undefined && isShown(last.body) ? (last.number ?? 0) : 0,
  };
}
