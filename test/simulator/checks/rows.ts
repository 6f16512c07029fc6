import type { Membership } from "../../../protocol/groups.ts";
import { formatMessageId, peerOf } from "../../../protocol/ids.ts";
import { joinMarks, type Marks, NO_MARKS } from "../../../protocol/marks.ts";
import { homeOf } from "../../../worker/core/home.ts";
import { isLogRow, type LogRow, type TimelineRow } from "../../../worker/core/row.ts";
import { UserStore } from "../../../worker/user-store.ts";
import { EPOCH_MS } from "../clock.ts";
import type { SimHost } from "../host.ts";
import type { SimObject } from "../object.ts";
import type { Counters } from "../sometimes.ts";
import type { Findings, Harm } from "./findings.ts";
import { PersonalRows } from "./personal.ts";
import { Places } from "./places.ts";
import type { Truth } from "./truth.ts";
import { Veil } from "./veil.ts";

interface Kept {
  readonly store: UserStore;
  seq: number;
  keptAt: number;
  /** Newest number of each conversation. */
  readonly heads: Map<string, number>;
  /** Newest counter of each device in each conversation. */
  readonly counters: Map<string, number>;
  /** Seq of each entry, by conversation and number. */
  readonly places: Map<string, number>;
  /** Texts of recalled messages: not to be sent any more. */
  readonly recalled: string[];
  /** The other side's marks as rows have them. */
  readonly marks: Map<string, Marks>;
  /** This user's own read marks, and the entries of others. */
  readonly reads: Map<string, number>;
  readonly groups: Places;
  readonly foreign: Map<string, Place[]>;
  readonly personal: PersonalRows;
  readonly veil: Veil;
}

/** Who has been in which group, as the groups say. */
interface Stays {
  /** Whether an entry of a group is for this user. */
  mayHave(user: string, group: string, number: number, author: string): boolean;
  /** Whether they were away for a while, also where their object has not heard of it. */
  hasComeBack(user: string, group: string): boolean;
  /** Whether members had copies of it when the group grew large. */
  wasCopied(group: string, number: number): boolean;
  /** Whether it went to them as part of a copy. */
  wasHanded(user: string, group: string, number: number): boolean;
}

/** Where in the timeline an entry of a conversation stands. */
interface Place {
  readonly seq: number;
  readonly number: number;
}

const HARMS: Record<string, Harm> = { S2: "duplicated", S4: "reordered", S1: "lost" };

/** Looks at each row that an object commits: S2 to S4, S7, S13 to S15. */
export class RowChecks {
  readonly #findings: Findings;
  readonly #truth: Truth;
  readonly #counters: Counters;
  readonly #handOffTtlMs: number;
  readonly #stays: Stays;
  readonly #kept = new Map<string, Kept>();
  /** When an object last had an answer from another, by both. */
  readonly #heardAt = new Map<string, number>();

  constructor(
    findings: Findings,
    truth: Truth,
    counters: Counters,
    handOffTtlMs: number,
    stays: Stays,
  ) {
    this.#stays = stays;
    this.#handOffTtlMs = handOffTtlMs;
    this.#findings = findings;
    this.#truth = truth;
    this.#counters = counters;
  }

  of(object: SimObject): Kept {
    const known = this.#kept.get(object.user);
    if (known !== undefined) return known;
    const made: Kept = {
      store: new UserStore(object.sql),
      seq: 0,
      keptAt: 0,
      heads: new Map(),
      places: new Map(),
      counters: new Map(),
      recalled: [],
      marks: new Map(),
      reads: new Map(),
      groups: new Places(object.user),
      foreign: new Map(),
      personal: new PersonalRows(),
      veil: new Veil(),
    };
    this.#kept.set(object.user, made);
    return made;
  }

  /** Newest number of the copy that a user has. */
  headOf(user: string, conversation: string): number {
    return this.#kept.get(user)?.heads.get(conversation) ?? 0;
  }

  has(user: string, conversation: string, number: number): boolean {
    return this.#kept.get(user)?.places.has(`${conversation} ${number}`) ?? false;
  }

  /** Newest entry of somebody else within the timeline up to `seq`; 0: none. */
  foreignUpTo(object: SimObject, conversation: string, seq: number): number {
    const places = this.of(object).foreign.get(conversation) ?? [];
    return places.findLast((place) => place.seq <= seq)?.number ?? 0;
  }

  /** Whether there is anything for this user above `after` up to `upTo`: marks stand on nothing else. */
  sees(object: SimObject, conversation: string, after: number, upTo: number): boolean {
    const { store, places } = this.of(object);
    for (let number = upTo; number > after; number -= 1) {
      const seq = places.get(`${conversation} ${number}`) ?? 0;
      if (store.rowFrom(seq)?.body.kind !== "withheld") return true;
    }
    return false;
  }

  /** Whether an object has had an answer from another within `ms`. */
  heardWithin({ name }: SimHost, from: string, now: number, ms: number): boolean {
    return now - (this.#heardAt.get(`${name} ${from}`) ?? EPOCH_MS) <= ms;
  }

  committed(object: SimObject): void {
    if (!object.sql.takeInserted()) return;
    const kept = this.of(object);
    for (const row of kept.store.rows(kept.seq + 1, 1_000_000)) {
      this.#look(object, kept, row);
    }
  }

  #look(object: SimObject, kept: Kept, row: TimelineRow): void {
    if (row.seq !== kept.seq + 1) this.#say(object, `S15 seq ${row.seq} follows ${kept.seq}`);
    if (row.keptAt < kept.keptAt) this.#say(object, `S12 time goes back at seq ${row.seq}`);
    kept.seq = row.seq;
    kept.keptAt = row.keptAt;
    if (isLogRow(row)) this.#lookAtEntry(object, kept, row);
    kept.personal.take(row, this.#counters);
    const { body, conversation } = row;
    if (body.kind === "failed" && row.origin !== null) this.#failed(object, row);
    if (body.kind === "membership") {
      const passed = kept.groups.take(conversation, body);
      kept.reads.set(conversation, Math.max(kept.reads.get(conversation) ?? 0, passed));
    }
    if (body.kind === "read") {
      const before = kept.reads.get(conversation) ?? 0;
      // The group's word of what is unread before its copies comes for a mark that is known.
      const isWord = body.head !== undefined && body.head === kept.heads.get(conversation);
      const isMove = isWord ? body.number === before : body.number > before;
      if (!isMove) this.#say(object, `S7 the read mark of ${conversation} stays`);
      kept.reads.set(conversation, body.number);
    }
    if (body.kind === "receipt") {
      const before = kept.marks.get(conversation) ?? NO_MARKS;
      if (body.delivered < before.delivered || body.read < before.read) {
        this.#say(object, `S7 marks go back in ${conversation}`);
      }
      if (body.read > body.delivered) this.#say(object, `S7 read and not delivered`);
      this.#compareMark(object, conversation, body);
      const unseen = this.#kept.get(body.user)?.veil.deliveredBehind(conversation, body);
      if (unseen !== undefined) {
        this.#say(object, `R16 ${conversation} ${unseen} is delivered to who does not see it`);
      }
      kept.marks.set(conversation, joinMarks(before, body));
    }
  }

  /** S5: nothing is delivered before a device has said so, or the person has read it. */
  #compareMark(
    object: SimObject,
    conversation: string,
    { user, delivered }: { readonly user: string; readonly delivered: number },
  ): void {
    const peer = this.#kept.get(user);
    // One's own entries need no delivery: the mark stands on the newest of the others' below it.
    let number = delivered;
    while (this.#truth.at(conversation, number)?.id.startsWith(`${user}:`)) number -= 1;
    const seq = peer?.places.get(`${conversation} ${number}`) ?? 0;
    const isRead = delivered <= (peer?.reads.get(conversation) ?? 0);
    if (isRead || seq <= this.#truth.ackedBy(user)) return;
    this.#say(object, `S5 ${conversation} ${delivered} is delivered, and ${user} never said so`);
  }

  #lookAtEntry(object: SimObject, kept: Kept, row: LogRow): void {
    const { conversation, number, origin } = row;
    const head = kept.heads.get(conversation) ?? 0;
    if (!kept.groups.continues(row, head)) {
      this.#say(object, `S14 ${conversation} ${number} follows ${head}`);
    }
    if (!this.#stays.mayHave(object.user, conversation, number, origin.user)) {
      this.#say(object, `A1 ${conversation} ${number} is not for ${object.user}`);
    }
    // What they may not see is a stub here.
    const said = this.#truth.at(conversation, number)?.content ?? row.body;
    const wasAway = this.#stays.hasComeBack(object.user, conversation);
    const isOfCopy = "target" in said && this.#stays.wasCopied(conversation, said.target);
    const isLate = this.#stays.wasHanded(object.user, conversation, number);
    if (!wasAway && !isOfCopy && !isLate && kept.groups.isNeedless(row, this.#truth)) {
      this.#say(object, `B5 ${conversation} ${number} of ${origin.user} is a row here`);
    }
    kept.heads.set(conversation, number);
    kept.places.set(`${conversation} ${number}`, row.seq);
    if (homeOf(conversation) === object.address) {
      const wrong = this.#truth.number(row);
      if (wrong !== undefined) this.#say(object, wrong);
    } else this.#compare(object, row);
    const lane = `${conversation} ${origin.user}:${origin.device}`;
    const last = kept.counters.get(lane) ?? 0;
    if (origin.counter <= last) this.#say(object, `S4 ${lane}:${origin.counter} after ${last}`);
    kept.counters.set(lane, origin.counter);
    const unveiled = kept.veil.take(
      row,
      object.user,
      kept.personal.blocked,
      this.#truth,
      this.#counters,
    );
    if (unveiled !== undefined) this.#say(object, unveiled);
    if (origin.user !== object.user && row.body.kind !== "withheld") {
      const foreign = kept.foreign.get(conversation) ?? [];
      kept.foreign.set(conversation, foreign);
      foreign.push({ seq: row.seq, number });
    }
    this.#note(kept, row);
  }

  #compare(object: SimObject, row: LogRow): void {
    const { conversation, number, hash, at } = row;
    const home = this.#truth.at(conversation, number);
    const id = formatMessageId(row.origin);
    if (home === undefined) this.#say(object, `S14 ${conversation} ${number} is ahead of its home`);
    else if (home.id !== id || home.hash !== hash || home.at !== at) {
      this.#say(object, `S14 ${conversation} ${number} is ${id} here and ${home.id} at home`);
    }
  }

  #note(kept: Kept, row: LogRow): void {
    const { body, conversation } = row;
    if (body.kind === "edit") this.#counters.note("edit");
    if (body.kind === "reaction") this.#counters.note("reaction");
    if (body.kind !== "recall") return;
    this.#counters.note("recall");
    const texts = this.#truth.textsOf(conversation, body.target);
    kept.recalled.push(...texts.filter((text) => !kept.personal.drafted.has(text)));
  }

  #failed(object: SimObject, row: TimelineRow): void {
    if (row.origin === null) return;
    const sent = this.#truth.sent.get(formatMessageId(row.origin));
    this.#counters.note("promise failed");
    if (sent === undefined) this.#say(object, "S3 what failed was never sent");
    else sent.failed = true;
    this.#patience(object, row);
  }

  membership(user: string, conversation: string): Membership | undefined {
    return this.#kept.get(user)?.groups.memberships.get(conversation);
  }

  hasLeft(user: string, conversation: string): boolean {
    return this.#kept.get(user)?.groups.left.has(conversation) ?? false;
  }

  heard({ name }: SimHost, from: string, now: number): void {
    this.#heardAt.set(`${name} ${from}`, now);
  }

  /** L4: what has a number is given up only where nobody has answered for all its time. */
  #patience(object: SimObject, { body, conversation, keptAt }: TimelineRow): void {
    if (body.kind !== "failed" || body.number === undefined || body.code !== "expired") return;
    const peer = peerOf(conversation, object.user);
    const ms = keptAt - (this.#heardAt.get(`${object.user} user:${peer}`) ?? 0);
    if (ms < this.#handOffTtlMs) {
      this.#say(
        object,
        `L4 ${conversation} ${body.number} given up, ${peer} answered ${ms} ms ago`,
      );
    }
  }

  #say(object: SimObject, text: string): void {
    const invariant = text.slice(0, text.indexOf(" "));
    this.#findings.add(invariant, HARMS[invariant] ?? "unexpected", `${object.user}: ${text}`);
  }
}
