import { isFollowed, isHandedByNumber } from "../../../client/core/followed.ts";
import type { Message } from "../../../client/model.ts";
import type { ConversationRow, OutboxRow, StoreBatch, StoredEntry } from "../../../client/store.ts";
import type { ClientFrame } from "../../../protocol/client-frames.ts";
import type { Body } from "../../../protocol/entries.ts";
import { parseMessageId } from "../../../protocol/ids.ts";
import { isGroup } from "../../../worker/core/home.ts";
import type { SimDevice } from "../device.ts";
import type { Connection } from "../network.ts";
import type { Counters } from "../sometimes.ts";
import type { SimTab } from "../tab.ts";
import type { Findings, Harm } from "./findings.ts";
import { FollowingChecks } from "./following.ts";
import { HandleChecks } from "./handles.ts";
import type { Truth } from "./truth.ts";

/** The contiguous part of a conversation that a device has. */
interface Slice {
  low: number;
  high: number;
}

/** Looks at what one device keeps, shows and says: S2 to S6, S10. */
export class DeviceChecks {
  readonly #findings: Findings;
  readonly #truth: Truth;
  readonly #counters: Counters;
  readonly #user: string;
  readonly #device: string;
  readonly #slices = new Map<string, Slice>();
  readonly #ids = new Map<string, string>();
  readonly #handed = new Map<string, Set<number>>();
  /** What the feed brought as stubs: known once one is back in a group, and no news then. */
  readonly #stubs = new Set<string>();
  /** What came of a log before the group had said how far that is: the app begins after that. */
  readonly #untold = new Set<string>();
  #stored = 0;
  #handled = 0;
  /** Seq of the state that it began from last; what lies before counts as delivered only later. */
  resetAt = 0;
  /** Newest seq that it has acked, beyond the state that it began from then. */
  acked = 0;
  #subject: SimDevice | undefined;
  readonly #following: FollowingChecks;
  /** What its apps are told of what they send. */
  readonly handles: HandleChecks;

  /** Where this user's copy of a conversation ends. */
  readonly #headOf: (conversation: string) => number;

  constructor(
    findings: Findings,
    truth: Truth,
    counters: Counters,
    names: { readonly user: string; readonly device: string },
    headOf: (conversation: string) => number,
    viewFrom: (conversation: string) => number,
  ) {
    this.#headOf = headOf;
    this.#findings = findings;
    this.#truth = truth;
    this.#counters = counters;
    this.#user = names.user;
    this.#device = names.device;
    this.#following = new FollowingChecks(findings, truth, counters, names.device, viewFrom);
    this.handles = new HandleChecks(findings, truth, counters, names.device);
  }

  get subject(): SimDevice | undefined {
    return this.#subject;
  }

  set subject(subject: SimDevice) {
    this.#subject = subject;
    this.#following.subject = subject;
  }

  /** S4: what the feed brought, to the end of the log. */
  atRest(): void {
    this.handles.atRest();
    this.#following.atRest();
    for (const [conversation, { low, high }] of this.#slices) {
      // What the copies had before there was one log for all.
      const { mode, copyFrom = 0 } = this.#row(conversation)?.membership ?? {};
      if (mode === "large" || high < copyFrom) continue;
      const head = this.#headOf(conversation);
      if (high !== head) this.#say("S4", `ends ${conversation} at ${high} of ${head}`, "lost");
      const held = this.subject?.disk.records.range(conversation, low, high).length;
      if (held !== high - low + 1) this.#say("S4", `has a hole in ${conversation}`, "lost");
    }
  }

  started(): void {
    if (this.#stored > this.#handled) this.#counters.note("client crashed before its ack");
  }

  enqueued(row: OutboxRow): void {
    const id = `${this.#user}:${this.#device}:${row.counter}`;
    this.#truth.queued(id, row.conversation, row.content, row.key);
  }

  applied(batch: StoreBatch): void {
    if (batch.clearEntries) {
      this.resetAt = batch.meta?.stored ?? 0;
      this.#slices.clear();
      this.#ids.clear();
    }
    if (batch.clearEntriesOf !== undefined) this.#slices.delete(batch.clearEntriesOf);
    for (const { entry } of batch.entries ?? []) this.#lookAt(entry);
    this.#following.applied(batch);
    // A page of history may lie apart; only what the feed brings must be without a hole.
    if (typeof batch.meta?.stored === "number") {
      for (const { entry } of batch.entries ?? []) this.#extend(entry, batch.clearEntries === true);
    }
    const { meta } = batch;
    if (meta === undefined) return;
    for (const { entry } of batch.entries ?? []) {
      const { conversation, number, body } = entry;
      if (body.kind === "withheld") this.#stubs.add(`${conversation} ${number}`);
      if (this.#isUntold(conversation)) this.#untold.add(`${conversation} ${number}`);
    }
    const isReset = batch.clearEntries === true;
    if (typeof meta.stored === "number") this.#moveStored(meta.stored, isReset);
    if (meta.handled !== undefined) this.#moveHandled(meta.handled, isReset);
  }

  /** Only what is on disk, and what the app has taken. */
  #mayAck(seq: number): void {
    this.#truth.acks(this.#user, seq);
    if (seq > this.resetAt) this.acked = Math.max(this.acked, seq);
    if (seq > this.#stored) this.#say("S6", `acks ${seq} and has ${this.#stored}`, "lost");
    this.#mustBeHandedUpTo(seq);
  }

  heard(text: string): void {
    this.#following.heard(text);
  }

  handed(message: Message, tab: SimTab): void {
    this.#following.handed(message, tab);
    const { conversation, number, id } = message;
    if (number === undefined || id === undefined) return;
    const handed = this.#handed.get(conversation) ?? new Set();
    this.#handed.set(conversation, handed);
    handed.add(number);
    const home = this.#truth.at(conversation, number);
    if (home?.id !== id) this.#say("S3", `was handed ${id} as ${conversation} ${number}`);
  }

  said(_connection: Connection, text: string): void {
    const frame = JSON.parse(text) as ClientFrame;
    if (frame.t === "submit") {
      for (const { counter } of frame.items) {
        const sent = this.#truth.sent.get(`${this.#user}:${this.#device}:${counter}`);
        if (sent === undefined) this.#say("S6", `sends ${counter}, which is in no outbox`, "lost");
        else sent.attempts += 1;
      }
    }
    if (frame.t === "read") this.#mayTell(frame.conversation);
    if (frame.t === "ack") this.#mayAck(frame.seq);
    if (frame.t === "ack" && frame.aside !== undefined) this.#counters.note("kept aside");
    if (frame.t === "hello" && frame.cursor !== null) this.#mayAck(frame.cursor);
  }

  /** R9: a group that one has left takes no marks, so a device that knows of it tells none. */
  #mayTell(conversation: string): void {
    const place = this.#row(conversation)?.membership;
    if (place === undefined || place.state === "member") return;
    this.#say("S7", `tells a read mark of ${conversation}, which it has left`);
  }

  #isUntold(conversation: string): boolean {
    const row = this.#row(conversation);
    return row !== undefined && row.handed === undefined && isFollowed(row);
  }

  #row(conversation: string): ConversationRow | undefined {
    const rows = this.subject?.disk.records.image().conversations ?? [];
    return rows.find((row) => row.conversation === conversation);
  }

  degraded(cause: unknown): void {
    const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    this.#say("S6", `the client is broken: ${text}`);
  }

  #lookAt({ conversation, number, id, body }: StoredEntry["entry"]): void {
    const home = this.#truth.at(conversation, number);
    if (home === undefined)
      this.#say("S14", `has ${conversation} ${number}, which nobody numbered`);
    else if (home.id !== id && !isStub(id, body)) {
      this.#say("S4", `has ${id} as ${conversation} ${number}, which is ${home.id}`);
    }
    if (id !== undefined) this.#once(id, `${conversation} ${number}`);
  }

  #extend({ conversation, number }: StoredEntry["entry"], isReset: boolean): void {
    // What the timeline has of a large group's log is no run.
    if (this.#row(conversation)?.membership?.mode === "large") {
      this.#slices.delete(conversation);
      return;
    }
    const slice = this.#slices.get(conversation);
    if (slice === undefined) {
      const isJoin = isReset || number === 1 || this.resetAt > 0 || isGroup(conversation);
      if (!isJoin) this.#say("S4", `begins ${conversation} at ${number}`, "lost");
      this.#slices.set(conversation, { low: number, high: number });
    } else if (number === slice.high + 1) slice.high = number;
    else if (number > slice.high && isGroup(conversation)) {
      // Whoever was away from a group goes on where they came back.
      this.#slices.set(conversation, { low: number, high: number });
    } else if (number > slice.high) {
      const has = `${slice.low}…${slice.high}`;
      this.#say("S4", `has ${conversation} ${has} and takes ${number}`, "reordered");
    }
  }

  #once(id: string, place: string): void {
    const known = this.#ids.get(id);
    this.#ids.set(id, place);
    if (known === undefined || known === place) return;
    this.#say("S2", `has ${id} as ${known} and as ${place}`, "duplicated");
  }

  #moveStored(stored: number, isReset: boolean): void {
    if (stored < this.#stored && !isReset) this.#say("S10", `stored falls to ${stored}`);
    this.#stored = stored;
  }

  /** Nothing between the marks may have been kept from the app. */
  #moveHandled(handled: number, isReset: boolean): void {
    if (!isReset && handled > this.#stored) this.#say("S6", `handled ${handled} before storing it`);
    if (!isReset) this.#mustBeHandedUpTo(handled);
    this.#handled = handled;
  }

  #mustBeHandedUpTo(seq: number): void {
    if (seq <= this.#handled) return;
    const { records } = this.subject?.disk ?? {};
    for (const stored of records?.sinceSeq(this.#handled, seq, 100_000) ?? []) {
      this.#mustBeHanded(stored);
    }
  }

  #mustBeHanded({ entry }: StoredEntry): void {
    const { conversation, number, body } = entry;
    if (isHandedByNumber(this.#row(conversation), entry.seq)) return;
    if (body.kind === "withheld" || body.kind === "placeholder") return;
    const origin = parseMessageId(entry.id ?? "");
    if (origin?.device === this.#device) return;
    const key = `${conversation} ${number}`;
    if (this.#stubs.has(key) || this.#untold.has(key)) return;
    if (this.#handed.get(conversation)?.has(number)) return;
    this.#say("S6", `counts ${conversation} ${number} as handled, which the app never saw`, "lost");
  }

  #say(invariant: string, text: string, harm: Harm = "unexpected"): void {
    this.#findings.add(invariant, harm, `${this.#device}: ${text}`);
  }
}

/** What is not for this user, also where the app has refused to take it. */
function isStub(id: string | undefined, { kind }: Body): boolean {
  return kind === "withheld" || (kind === "placeholder" && id === undefined);
}
