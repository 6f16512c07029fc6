import { isDeepStrictEqual } from "node:util";
import { isFollowed, logCursor } from "../../../client/core/followed.ts";
import type { ConversationRow, StoredEntry } from "../../../client/store.ts";
import { isCountable } from "../../../protocol/entries.ts";
import type { LoggedEntry } from "../../../protocol/large-groups.ts";
import type { ServerFrame } from "../../../protocol/server-frames.ts";
import type { Member } from "../../../worker/core/group/state.ts";
import { maySee } from "../../../worker/core/membership.ts";
import { toLoggedEntry } from "../../../worker/core/row.ts";
import type { LogPage } from "../../../worker/group-requests.ts";
import { GroupStore } from "../../../worker/group-store.ts";
import type { SimDevice } from "../device.ts";
import type { LogQuestion } from "../http.ts";
import type { SimObject } from "../object.ts";
import type { World } from "../world.ts";
import type { Harm } from "./findings.ts";

type LogFrame = Extract<ServerFrame, { t: "log" }>;

/** Looks at groups whose log is the only copy: what of it leaves, and what devices have in the end. */
export class LargeChecks {
  readonly #world: World;
  readonly #stores = new Map<string, GroupStore>();

  constructor(world: World) {
    this.#world = world;
  }

  isLarge(conversation: string): boolean {
    return this.#storeOf(conversation)?.group()?.mode === "large";
  }

  /** Also for whom it was so when they went. */
  isLargeFor({ conversation, membership }: ConversationRow): boolean {
    return this.isLarge(conversation) || membership?.mode === "large";
  }

  // --- what leaves

  /** A1, S4: what an object passes through to a device. */
  sent(object: SimObject, text: string): void {
    if (!text.startsWith('{"t":"log"')) {
      if (text.startsWith('{"t":"head"')) this.#world.counters.note("head of a log told");
      return;
    }
    this.#world.counters.note("log passed live");
    const { conversation, from, to, entries } = JSON.parse(text) as LogFrame;
    if (entries[0]?.number !== from || entries.at(-1)?.number !== to) {
      this.#say("S4", `${object.user} is passed ${conversation} ${from}…${to}, which is not in it`);
    }
    const place = this.#world.rows.membership(object.user, conversation);
    const mayHear = (number: number) =>
      maySee(place, number) && this.#world.groupChecks.mayHave(object.user, conversation, number);
    this.#lookAtRun(object.user, conversation, entries, mayHear);
  }

  /** The same of a page, which the group judges at that moment. */
  answered({ user, conversation, after }: LogQuestion, { entries }: LogPage): void {
    this.#world.counters.note("page of a log fetched");
    const member = this.member(user, conversation);
    const mayRead = (number: number) => member?.state === "member" && number >= member.from;
    this.#lookAtRun(user, conversation, entries, mayRead);
    const first = entries[0]?.number;
    if (first !== undefined && first !== Math.max(after + 1, member?.from ?? 0)) {
      this.#say("S4", `a page of ${conversation} for ${user} after ${after} begins at ${first}`);
    }
  }

  #lookAtRun(
    user: string,
    conversation: string,
    entries: readonly LoggedEntry[],
    may: (number: number) => boolean,
  ): void {
    const first = entries[0]?.number ?? 0;
    for (const [index, { number, id }] of entries.entries()) {
      if (number !== first + index) this.#say("S4", `a run of ${conversation} has a hole`);
      const home = this.#world.truth.at(conversation, number)?.id;
      if (home !== id) this.#say("S4", `${user} is told ${id} as ${conversation} ${number}`);
      if (may(number)) continue;
      this.#say("A1", `${user} is told ${conversation} ${number}, which they may not see`);
    }
  }

  // --- what devices have

  /** L1: what a device still lacks of the logs that it follows; undefined: nothing. */
  unrest(device: SimDevice): string | undefined {
    for (const row of this.#followedBy(device)) {
      const { conversation, handed } = row;
      const head = this.#world.truth.head(conversation);
      if (logCursor(row) < head) return `has ${logCursor(row)} of ${head} of ${conversation}`;
      if (handed === undefined) return `was not told how far ${conversation} is`;
      if (handed.upTo < head) return `has handed ${handed.upTo} of ${head} of ${conversation}`;
    }
    return undefined;
  }

  #followedBy({ user, disk }: SimDevice): ConversationRow[] {
    return disk.records.image().conversations.filter((row) => {
      const isThere = this.member(user, row.conversation)?.state === "member";
      return isThere && this.isLarge(row.conversation);
    });
  }

  /** At rest: S4, S7, L1 of one group's log on one device. */
  compare(device: SimDevice, row: ConversationRow): void {
    const { conversation } = row;
    const { id, user, disk } = device;
    const member = this.member(user, conversation);
    if (member?.state !== "member") return;
    if (!isFollowed(row)) return this.#say("L1", `${id} does not follow ${conversation}`);
    const log = this.entriesFor(member, conversation);
    const head = this.#world.truth.head(conversation);
    if (row.head !== head) this.#say("S4", `${id} ends ${conversation} at ${row.head} of ${head}`);
    const unread = this.#unread(member, log.values(), row.read);
    if (row.unread !== unread) {
      this.#say("S7", `${id} counts ${row.unread} unread in ${conversation}, not ${unread}`);
    }
    for (const stored of disk.records.range(conversation, member.from, head)) {
      this.#compareEntry(id, stored, log);
    }
  }

  /** All that a member may see of the log as it is now. */
  entriesFor({ from }: Member, conversation: string): Map<number, LoggedEntry> {
    const rows = this.#storeOf(conversation)?.rows(from, 1_000_000) ?? [];
    return new Map(rows.map((row) => [row.number, toLoggedEntry(row)]));
  }

  #unread({ user }: Member, log: Iterable<LoggedEntry>, read: number): number {
    const isUnread = ({ number, id, body }: LoggedEntry) =>
      number > read && isCountable(body) && !id.startsWith(`${user}:`);
    return [...log].filter(isUnread).length;
  }

  #compareEntry(
    device: string,
    { entry }: StoredEntry,
    log: ReadonlyMap<number, LoggedEntry>,
  ): void {
    const { seq: _, conversation, ...logged } = entry;
    const wanted = log.get(entry.number);
    if (entry.body.kind === "placeholder" || isDeepStrictEqual(logged, wanted)) return;
    // To who was away, edits of what is no row of theirs come as stubs.
    if (entry.body.kind === "withheld" && wanted?.body.kind === "edit") return;
    // To who is back, an edit names the one before it that they have; the log's was said while they were away.
    const edited = wanted?.body.kind === "edit" ? wanted.changes?.edited : undefined;
    const isUnseen = edited !== undefined && !log.has(edited);
    if (isUnseen && isDeepStrictEqual(bare(logged), bare(wanted))) return;
    const [has, wants] = [JSON.stringify(logged), JSON.stringify(wanted)];
    this.#say("L1", `${device} has ${conversation} as ${has}, its log says ${wants}`);
  }

  member(user: string, conversation: string): Member | undefined {
    return this.#storeOf(conversation)
      ?.members()
      .find((one) => one.user === user);
  }

  #storeOf(conversation: string): GroupStore | undefined {
    const known = this.#stores.get(conversation);
    if (known !== undefined) return known;
    const group = this.#world.groups.find((one) => one.conversation === conversation);
    if (group === undefined) return undefined;
    const made = new GroupStore(group.sql);
    this.#stores.set(conversation, made);
    return made;
  }

  #say(invariant: string, text: string, harm: Harm = "unexpected"): void {
    this.#world.findings.add(invariant, harm, text);
  }
}

function bare<T extends object>(entry: T | undefined): object {
  return { ...entry, changes: undefined };
}
