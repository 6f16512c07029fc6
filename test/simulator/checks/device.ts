import type { Message } from "../../../client/model.ts";
import type { OutboxRow, StoreBatch, StoredEntry } from "../../../client/store.ts";
import type { ClientFrame } from "../../../protocol/client-frames.ts";
import { parseMessageId } from "../../../protocol/ids.ts";
import type { SimDevice } from "../device.ts";
import type { Connection } from "../network.ts";
import type { Counters } from "../sometimes.ts";
import type { Findings, Harm } from "./findings.ts";
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
  readonly #ids = new Set<string>();
  readonly #handed = new Map<string, Set<number>>();
  #stored = 0;
  #handled = 0;
  subject: SimDevice | undefined;

  constructor(
    findings: Findings,
    truth: Truth,
    counters: Counters,
    names: { readonly user: string; readonly device: string },
  ) {
    this.#findings = findings;
    this.#truth = truth;
    this.#counters = counters;
    this.#user = names.user;
    this.#device = names.device;
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
      this.#slices.clear();
      this.#ids.clear();
    }
    // A page of history comes newest first; what matters is what the batch makes of the slice.
    const entries = [...(batch.entries ?? [])].sort((a, b) => a.entry.number - b.entry.number);
    for (const stored of this.#fromSlice(entries)) this.#keep(stored, batch.clearEntries === true);
    const { meta } = batch;
    if (meta === undefined) return;
    const isReset = batch.clearEntries === true;
    if (typeof meta.stored === "number") this.#moveStored(meta.stored, isReset);
    if (meta.handled !== undefined) this.#moveHandled(meta.handled, isReset);
  }

  /** Only what is on disk, and what the app has taken. */
  #mayAck(seq: number): void {
    if (seq > this.#stored) this.#say("S6", `acks ${seq} and has ${this.#stored}`, "lost");
    this.#mustBeHandedUpTo(seq);
  }

  handed(message: Message): void {
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
    if (frame.t === "ack") this.#mayAck(frame.seq);
    if (frame.t === "ack" && frame.aside !== undefined) this.#counters.note("kept aside");
    if (frame.t === "hello" && frame.cursor !== null) this.#mayAck(frame.cursor);
  }

  degraded(cause: unknown): void {
    const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    this.#say("S6", `the client is broken: ${text}`);
  }

  /** Outwards from what is there: first what lies above, then what lies below, downwards. */
  #fromSlice(entries: readonly StoredEntry[]): StoredEntry[] {
    const isBelow = ({ entry }: StoredEntry) =>
      entry.number < (this.#slices.get(entry.conversation)?.low ?? 0);
    return [...entries.filter((stored) => !isBelow(stored)), ...entries.filter(isBelow).reverse()];
  }

  #keep({ entry }: StoredEntry, isReset: boolean): void {
    const { conversation, number, id } = entry;
    const slice = this.#slices.get(conversation);
    if (slice !== undefined && number >= slice.low && number <= slice.high) return;
    const home = this.#truth.at(conversation, number);
    if (home === undefined)
      this.#say("S14", `has ${conversation} ${number}, which nobody numbered`);
    else if (home.id !== id && entry.body.kind !== "withheld") {
      this.#say("S4", `has ${id} as ${conversation} ${number}, which is ${home.id}`);
    }
    if (id !== undefined && this.#ids.has(id)) this.#say("S2", `has ${id} twice`, "duplicated");
    if (id !== undefined) this.#ids.add(id);
    if (slice === undefined) {
      const isJoin = isReset || number === 1 || this.#stored > 0;
      if (!isJoin) this.#say("S4", `begins ${conversation} at ${number}`, "lost");
      this.#slices.set(conversation, { low: number, high: number });
    } else if (number === slice.high + 1) slice.high = number;
    else if (number === slice.low - 1) slice.low = number;
    else {
      const has = `${slice.low}…${slice.high}`;
      this.#say("S4", `has ${conversation} ${has} and takes ${number}`, "reordered");
    }
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
    if (body.kind === "withheld" || body.kind === "placeholder") return;
    const origin = parseMessageId(entry.id ?? "");
    if (origin?.device === this.#device) return;
    if (this.#handed.get(conversation)?.has(number)) return;
    this.#say("S6", `counts ${conversation} ${number} as handled, which the app never saw`, "lost");
  }

  #say(invariant: string, text: string, harm: Harm = "unexpected"): void {
    this.#findings.add(invariant, harm, `${this.#device}: ${text}`);
  }
}
