import { isDeepStrictEqual } from "node:util";
import type { Address, HandOff, HandOffReply, LogEntry } from "../../../protocol/hand-offs.ts";
import { parseMessageId } from "../../../protocol/ids.ts";
import { type Member, membershipOf } from "../../../worker/core/group/state.ts";
import type { Logged } from "../../../worker/core/row.ts";
import { GroupStore } from "../../../worker/group-store.ts";
import type { SimGroup } from "../group.ts";
import type { World } from "../world.ts";
import type { Harm } from "./findings.ts";

/** Somebody was in a group from its entry `from` on; `to`: the entry that ended it. */
interface Span {
  readonly since: number;
  readonly from: number;
  to: number | null;
}

interface Kept {
  readonly store: GroupStore;
  head: number;
  /** Where it grew large last. */
  largeFrom: number;
  /** By user: how far copies were handed to them while there were any. */
  readonly handed: Map<string, number>;
  readonly spans: Map<string, Span[]>;
  readonly recalled: string[];
  /** By user: changes of their own words, which in a large group are rows of theirs. */
  readonly changes: Map<string, number[]>;
}

const HARMS: Record<string, Harm> = { S2: "duplicated", S4: "reordered", S13: "lost" };

/** Looks at groups: S2, S3 and S13 of their logs, S8, A1, B6, L2. */
export class GroupChecks {
  readonly #world: World;
  readonly #kept = new Map<string, Kept>();

  constructor(world: World) {
    this.#world = world;
  }

  committed(group: SimGroup): void {
    if (!group.sql.takeInserted()) return;
    const kept = this.#of(group);
    for (const row of kept.store.rows(kept.head + 1, 1_000_000)) {
      const wrong = this.#world.truth.number({ ...row, conversation: group.conversation });
      if (wrong !== undefined) this.#say(wrong.slice(0, wrong.indexOf(" ")), wrong);
      kept.head = row.number;
      this.#noteChange(kept, group, row);
      const { body } = row;
      if (body.kind === "group-mode") this.#noteMode(kept, row.number, body.mode);
      if (body.kind !== "recall") continue;
      kept.recalled.push(...this.#world.truth.textsOf(group.conversation, body.target));
    }
    for (const member of kept.store.members()) this.#note(kept, member);
  }

  /** A1: nothing that was numbered while somebody was not there is for them; their own words are. */
  mayHave(user: string, conversation: string, number: number, author?: string): boolean {
    const group = this.#world.groups.find((one) => one.conversation === conversation);
    if (group === undefined || author === user) return true;
    const spans = this.#of(group).spans.get(user) ?? [];
    return spans.some(({ from, to }) => from <= number && (to === null || number <= to));
  }

  /** Whether they were away from the group for a while, also where their object has not heard of it. */
  hasComeBack(user: string, conversation: string): boolean {
    const group = this.#world.groups.find((one) => one.conversation === conversation);
    return group !== undefined && (this.#of(group).spans.get(user) ?? []).length > 1;
  }

  /** Whether members had copies of it when the group grew large: changes of it are rows of theirs. */
  wasCopied(conversation: string, number: number): boolean {
    const group = this.#world.groups.find((one) => one.conversation === conversation);
    return group !== undefined && number < this.#of(group).largeFrom;
  }

  /** Whether it went to them as part of a copy: that it comes late is nobody's mistake. */
  wasHanded(user: string, conversation: string, number: number): boolean {
    const group = this.#world.groups.find((one) => one.conversation === conversation);
    return group !== undefined && number <= (this.#of(group).handed.get(user) ?? 0);
  }

  called(group: SimGroup, to: Address, call: HandOff): void {
    this.#silence(group, call, `to ${to}`);
    const { replicate = [], passing = [] } = call.conversations[0] ?? {};
    this.#mayLeave(group, to, [...replicate, ...passing]);
    this.#noteHanded(group, to, replicate);
    if (group.callsTo(to) > 0) this.#say("B6", `${group.name} has two calls to ${to} under way`);
  }

  replied(group: SimGroup, to: string, reply: HandOffReply): void {
    this.#silence(group, reply, `in a reply to ${to}`);
    const { entries = [] } = reply.conversations[0] ?? {};
    this.#mayLeave(group, to, entries);
    this.#noteHanded(group, to, entries);
  }

  /** Somebody has asked over HTTP. */
  answered(group: SimGroup, user: string, answer: object): void {
    this.#silence(group, answer, `over HTTP to ${user}`);
  }

  /** A1: not even to the object of somebody who is not there. */
  #mayLeave({ conversation }: SimGroup, to: string, entries: readonly LogEntry[]): void {
    const user = to.slice("user:".length);
    for (const { number, origin } of entries) {
      if (this.mayHave(user, conversation, number, origin.user)) continue;
      this.#say("A1", `${conversation} ${number} goes to ${user}, who was not there`);
    }
  }

  #noteHanded(group: SimGroup, to: string, entries: readonly LogEntry[]): void {
    const { store, handed } = this.#of(group);
    const last = entries.at(-1)?.number ?? 0;
    if (last > 0 && store.group()?.mode === "copy") handed.set(to.slice("user:".length), last);
  }

  /** L2: whoever lacks something is called, or an alarm stands behind it. */
  rested(group: SimGroup): void {
    if (group.isAlarmRunning) return;
    const { clock, rows, wake } = this.#world;
    const { alarmAt } = group;
    if (alarmAt !== null && alarmAt <= clock.now + wake.longestWaitMs) return;
    for (const user of this.#behind(group)) {
      const { handOffTtlMs } = this.#world.plan.params.settings;
      if (!rows.heardWithin(group, `user:${user}`, clock.now, handOffTtlMs)) continue;
      const set = alarmAt === null ? "none" : `${alarmAt - clock.now} ms`;
      this.#say("L2", `${group.name} owes ${user}, alarm: ${set}`);
    }
  }

  /** What is still under way in groups; undefined: nothing. */
  unrest(): string | undefined {
    for (const group of this.#world.groups) {
      const [behind] = this.#behind(group);
      if (behind !== undefined) return `${behind} lacks entries of ${group.name}`;
      const untold = this.#untold(group);
      if (untold !== undefined) return `${untold} does not know their place in ${group.name}`;
      const unheard = this.#unheard(group);
      if (unheard !== undefined) return `${group.name} does not know what ${unheard} has read`;
    }
    return undefined;
  }

  #noteMode(kept: Kept, number: number, mode: "copy" | "large"): void {
    if (mode === "large") kept.largeFrom = number;
    this.#world.counters.note(mode === "large" ? "group grew large" : "group grew small");
  }

  #noteChange({ changes }: Kept, { conversation }: SimGroup, { number, body, origin }: Logged) {
    const target = "target" in body ? this.#world.truth.at(conversation, body.target) : undefined;
    const author = parseMessageId(target?.id ?? "")?.user;
    if (author === undefined || author === origin.user) return;
    changes.set(author, [...(changes.get(author) ?? []), number]);
  }

  /** Whose copy ends early: before the log does, or before they went. */
  #behind(group: SimGroup): string[] {
    const { store, changes, head } = this.#of(group);
    const { rows } = this.#world;
    const { conversation } = group;
    const mode = store.group()?.mode;
    const lacksRun = ({ user, from, state, version }: Member) => {
      const wentAt = state === "left" ? version : version - 1;
      const wanted = state === "member" ? head : wentAt;
      return Math.max(rows.headOf(user, conversation), from - 1) < wanted;
    };
    // Where there is no copy: who has not heard what became of their own words.
    const lacksChange = ({ user, from, state }: Member) =>
      state === "member" &&
      !rows.hasLeft(user, conversation) &&
      (changes.get(user) ?? []).some((one) => one >= from && !rows.has(user, conversation, one));
    const lacks = (member: Member) =>
      (member.parting?.mode ?? mode) === "large" ? lacksChange(member) : lacksRun(member);
    return store
      .members()
      .filter(lacks)
      .map(({ user }) => user);
  }

  #untold(group: SimGroup): string | undefined {
    const { store } = this.#of(group);
    const state = store.group();
    if (state === undefined) return undefined;
    const isTold = (member: Member) => {
      const known = this.#world.rows.membership(member.user, group.conversation);
      return isDeepStrictEqual(known, membershipOf(state, member));
    };
    return store.members().find((member) => !isTold(member))?.user;
  }

  /** What a group knows of marks stands in its rows before it rests; a large one asks nobody. */
  #unheard(group: SimGroup): string | undefined {
    const { conversation } = group;
    const { store } = this.#of(group);
    if (store.group()?.mode !== "copy") return undefined;
    const here = new Set(
      store.members().flatMap((one) => (one.state === "member" ? one.user : [])),
    );
    const { objects, rows, hidesReads } = this.#world;
    const cursors = store.shards().flatMap((shard) => shard.cursors);
    const isUnheard = ({ user, read }: (typeof cursors)[number]) => {
      const object = objects.find((one) => one.user === user);
      if (object === undefined || !here.has(user) || hidesReads.has(user)) return false;
      const known = rows.of(object).reads.get(conversation) ?? 0;
      return known > read && rows.sees(object, conversation, read, known);
    };
    return cursors.find(isUnheard)?.user;
  }

  #of(group: SimGroup): Kept {
    const known = this.#kept.get(group.name);
    if (known !== undefined) return known;
    const store = new GroupStore(group.sql);
    const made: Kept = {
      store,
      head: 0,
      largeFrom: 0,
      handed: new Map(),
      spans: new Map(),
      recalled: [],
      changes: new Map(),
    };
    this.#kept.set(group.name, made);
    return made;
  }

  #note({ spans }: Kept, { user, state, since, from, version }: Member): void {
    const known = spans.get(user) ?? [];
    spans.set(user, known);
    const last = known.at(-1);
    const { counters } = this.#world;
    if (last?.to === null && (state !== "member" || last.since !== since)) {
      last.to = version;
      counters.note("member went");
    }
    if (last?.since === since) return;
    if (last !== undefined) counters.note("member came back");
    // Who came and went within one turn was there as well.
    known.push({ since, from, to: state === "member" ? null : version });
  }

  #silence(group: SimGroup, message: object, where: string): void {
    const text = JSON.stringify(message);
    for (const recalled of this.#of(group).recalled) {
      if (text.includes(recalled)) this.#say("S8", `${group.name} sent “${recalled}” ${where}`);
    }
  }

  #say(invariant: string, text: string): void {
    this.#world.findings.add(invariant, HARMS[invariant] ?? "unexpected", text);
  }
}
