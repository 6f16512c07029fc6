import { isDeepStrictEqual } from "node:util";
import type { ClientFrame } from "../../../protocol/client-frames.ts";
import type { CloseName } from "../../../protocol/close-codes.ts";
import { ERRORS } from "../../../protocol/errors.ts";
import type { Address, HandOff } from "../../../protocol/hand-offs.ts";
import type {
  EntriesFrame,
  ServerFrame,
  SubmitResult,
  Welcome,
} from "../../../protocol/server-frames.ts";
import type { Settings } from "../../../protocol/settings.ts";
import type { SimHost } from "../host.ts";
import type { Connection } from "../network.ts";
import type { SimObject } from "../object.ts";
import type { Counters } from "../sometimes.ts";
import type { Findings, Harm } from "./findings.ts";
import type { RowChecks } from "./rows.ts";
import type { Truth } from "./truth.ts";

/** What a session has been sent and has said, as the object saw it. */
interface Track {
  caughtUpAt: number;
  sentTo: number;
  acked: number;
  ackedBefore: number;
  /** Where the feed may go on beside `sentTo`: it was asked to go back. */
  readonly rewinds: Set<number>;
  /** Pushes of the run that begins at a seq. */
  readonly pushes: Map<number, number>;
  readonly bytes: { readonly to: number; readonly size: number }[];
}

/** Looks at everything that objects send: S1, S2, S5, S8, B1, B4, B6. */
export class WireChecks {
  readonly #findings: Findings;
  readonly #truth: Truth;
  readonly #rows: RowChecks;
  readonly #counters: Counters;
  readonly #settings: Settings;
  /** Whether a device is new enough to ack. */
  readonly #acks: (connection: Connection) => boolean;
  readonly #tracks = new Map<string, Track>();

  constructor(
    findings: Findings,
    truth: Truth,
    rows: RowChecks,
    counters: Counters,
    settings: Settings,
    acks: (connection: Connection) => boolean,
  ) {
    this.#acks = acks;
    this.#findings = findings;
    this.#truth = truth;
    this.#rows = rows;
    this.#counters = counters;
    this.#settings = settings;
  }

  // --- from objects to devices

  sent(object: SimObject, connection: Connection, text: string): void {
    this.#silence(object, text, `to ${connection.device}`);
    for (const unseen of this.#rows.of(object).veil.texts) {
      if (text.includes(unseen)) this.#say("R16", `“${unseen}” goes to ${connection.device}`);
    }
    const frame = JSON.parse(text) as ServerFrame;
    switch (frame.t) {
      case "welcome":
        return this.#welcome(connection, frame);
      case "entries":
        return this.#entries(object, connection, frame, text.length);
      case "accepted":
        for (const result of frame.results) this.#result(object, connection, result);
        return;
      case "error":
        if (frame.error.rule === "ticket-used") this.#counters.note("ticket used twice");
        if (frame.error.code === "rate") this.#counters.note("rate limited");
        if (frame.of === "sync" || frame.of === "ack") this.#forgetAck(connection.id);
        return;
      case "renewed":
        return this.#counters.note("token renewed");
      default:
        return;
    }
  }

  ended(name: CloseName): void {
    if (name === "tooSlow") this.#counters.note("given up");
    if (name === "replaced") this.#counters.note("session replaced");
    if (name === "revoked") this.#counters.note("device revoked");
  }

  #welcome(connection: Connection, frame: Welcome): void {
    if (frame.reset) this.#counters.note("reset");
    this.#tracks.set(connection.id, {
      caughtUpAt: frame.head,
      sentTo: frame.cursor,
      acked: frame.cursor,
      ackedBefore: frame.cursor,
      rewinds: new Set(),
      pushes: new Map(),
      bytes: [],
    });
  }

  #entries(object: SimObject, connection: Connection, frame: EntriesFrame, size: number): void {
    const track = this.#tracks.get(connection.id);
    const where = `${connection.id} ${frame.route} ${frame.from}…${frame.to}`;
    if (track === undefined) return this.#say("S11", `${where}: before welcome`);
    if (frame.to - frame.from + 1 !== frame.count) this.#say("S4", `${where}: count is wrong`);
    const seqs = frame.entries.map(({ seq }) => seq);
    if (seqs.some((seq, index) => seq !== frame.from + index)) this.#say("S4", `${where}: hole`);
    if (frame.route === "urgent") return this.#counters.note("urgent ahead");
    if (frame.route === "retry") return this.#retry(track, frame, where);
    const continues = frame.from === track.sentTo + 1 || track.rewinds.has(frame.from - 1);
    if (!continues) this.#say("S5", `${where}: after ${track.sentTo} was sent`);
    track.rewinds.clear();
    track.sentTo = frame.to;
    track.pushes.set(frame.from, 1);
    if (frame.route === "catch-up" && frame.to < track.caughtUpAt) this.#counters.note("page cut");
    if (!this.#acks(connection)) return this.#counters.note("device that can't ack");
    if (frame.route === "live") this.#window(track, frame, size, where);
    if (frame.entries.some(({ body }) => body.kind === "recalled")) {
      this.#counters.note("recall before delivery");
    }
    if (frame.entries.some(({ body }) => body.kind === "placeholder")) {
      this.#counters.note("placeholder");
    }
    if (frame.caughtUp && frame.to !== this.#rows.of(object).seq) {
      this.#say("S4", `${where}: caught up, and there is more`);
    }
  }

  #retry(track: Track, frame: EntriesFrame, where: string): void {
    this.#counters.note("retry");
    const pushes = (track.pushes.get(frame.from) ?? 1) + 1;
    track.pushes.set(frame.from, pushes);
    const { maxAttempts } = this.#settings.retry;
    if (pushes > maxAttempts) this.#say("B1", `${where}: pushed ${pushes} times`);
    if (frame.from > track.sentTo) this.#say("S5", `${where}: never sent before`);
    if (frame.to <= track.acked) this.#say("B1", `${where}: acked up to ${track.acked}`);
  }

  #window(track: Track, frame: EntriesFrame, size: number, where: string): void {
    const { windowEntries, windowBytes } = this.#settings;
    const live = frame.to - Math.max(track.acked, track.caughtUpAt);
    // After a rewind, what was pushed from here on is under way once, not twice.
    const open = track.bytes.filter(({ to }) => to > track.acked && to < frame.from);
    track.bytes.splice(0, track.bytes.length, ...open, { to: frame.to, size });
    const bytes = track.bytes.reduce((sum, one) => sum + one.size, 0);
    if (live >= windowEntries) this.#counters.note("window full");
    if (live > windowEntries) this.#say("B4", `${where}: ${live} entries in flight`);
    const isAlone = open.length === 0 && frame.count === 1;
    // What a frame takes beside its entries is not counted by the window.
    const slack = 256 * track.bytes.length;
    if (bytes > windowBytes + slack && !isAlone) this.#say("B4", `${where}: ${bytes} bytes`);
  }

  #result(object: SimObject, connection: Connection, result: SubmitResult): void {
    const id = `${object.user}:${connection.device}:${result.counter}`;
    const sent = this.#truth.sent.get(id);
    if (sent === undefined || sent.conversation !== result.conversation) return;
    const { error } = result;
    const isForged = this.#truth.forgeries.delete(id);
    if (isForged && error === undefined) this.#say("S2", `${id} was forged and got no conflict`);
    if (error !== undefined) {
      if (error.code === "conflict" || error.code === "gap") this.#counters.note(error.code);
      if (error.code === "rate") this.#counters.note("rate limited");
      if (ERRORS[error.code].retry === "never" && !this.#truth.forged.has(id)) {
        if (sent.accepted && !sent.failed) {
          this.#say("S2", `${id} was accepted, then refused with ${error.code}`, "lost");
        }
        sent.refused = error.code;
        this.#mayBeGone(id);
      }
      return;
    }
    this.#accepted(object, id, result.number ?? null);
  }

  /** R4: nothing may pass a message that waits, so its place can't be gone. */
  #mayBeGone(id: string): void {
    const sent = this.#truth.sent.get(id);
    if (sent?.refused !== "gone" || sent.content.kind !== "text" || sent.failed) return;
    if (!sent.accepted) this.#say("S4", `${id} was passed over`, "reordered");
  }

  #accepted(object: SimObject, id: string, number: number | null): void {
    const sent = this.#truth.sent.get(id);
    if (sent === undefined) return;
    if (sent.accepted) this.#counters.note("duplicate refused");
    if (number === null) this.#counters.note("promised without a number");
    if (sent.number !== null && sent.number !== number && number !== null) {
      this.#say("S2", `${id} was told ${sent.number}, then ${number}`);
    }
    sent.accepted = true;
    sent.refused = null;
    sent.number = number ?? sent.number;
    const place = this.#truth.placeOf(id);
    if (number !== null && place?.number !== number) {
      this.#say("S1", `${id} was told ${number} and has ${place?.number ?? "none"}`, "lost");
    }
    const isKept = place !== undefined || sent.failed || this.#isPending(object, id);
    if (!isKept) this.#say("S1", `${id} was accepted and stands in no row`, "lost");
  }

  #isPending(object: SimObject, id: string): boolean {
    return this.#rows
      .of(object)
      .store.pending()
      .some(({ append: { origin } }) => id === `${origin.user}:${origin.device}:${origin.counter}`);
  }

  // --- from devices to objects

  obeyed(session: string, text: string): void {
    const track = this.#tracks.get(session);
    if (track === undefined) return;
    const frame = JSON.parse(text) as ClientFrame;
    if (frame.t === "submit") {
      this.#noteForgeries(session, frame);
      this.#noteAttempts(session, frame);
    }
    track.ackedBefore = track.acked;
    if (frame.t === "ack" && frame.seq <= track.sentTo) {
      track.acked = Math.max(track.acked, frame.seq);
    }
    if (frame.t === "sync") {
      track.rewinds.add(frame.cursor);
      track.acked = frame.cursor;
      track.bytes.length = 0;
    }
    if (frame.t === "nack") track.rewinds.add(frame.seq - 1);
  }

  /** Its answer comes next. */
  #noteForgeries(session: string, { items }: Extract<ClientFrame, { t: "submit" }>): void {
    for (const { counter, body } of items) {
      const id = idOf(session, counter);
      const isForged = this.#truth.forged.has(id) && body.kind === "text";
      const sent = this.#truth.sent.get(id)?.content;
      if (isForged && !isDeepStrictEqual(body, sent)) this.#truth.forgeries.add(id);
    }
  }

  /** R2: a refused message that is sent again is judged anew; until it is answered, nothing is known. */
  #noteAttempts(session: string, { items }: Extract<ClientFrame, { t: "submit" }>): void {
    for (const { counter } of items) {
      const sent = this.#truth.sent.get(idOf(session, counter));
      if (sent !== undefined) sent.refused = null;
    }
  }

  /** It was refused after all. */
  #forgetAck(session: string): void {
    const track = this.#tracks.get(session);
    if (track === undefined) return;
    track.rewinds.delete(track.acked);
    track.acked = track.ackedBefore;
  }

  // --- between objects

  called(object: SimObject, to: Address, call: HandOff, peer: SimHost | undefined): void {
    this.#silence(object, JSON.stringify(call), `to ${to}`);
    if (object.callsTo(to) > 0) this.#say("B6", `${object.user} has two calls to ${to} under way`);
    const appends = call.conversations.flatMap(({ append = [] }) => append);
    const crosses = appends.length > 0 && (peer?.callsTo(object.address) ?? 0) > 0;
    if (crosses) this.#counters.note("append crossing replicate");
  }

  arrived({ name }: SimHost, call: HandOff): void {
    for (const { conversation, append = [], replicate = [] } of call.conversations) {
      for (const { origin } of append) {
        const id = `${origin.user}:${origin.device}:${origin.counter}`;
        if (this.#truth.placeOf(id) !== undefined) this.#counters.note("append replayed");
        const sent = this.#truth.sent.get(id);
        if (sent !== undefined) sent.arrivals += 1;
      }
      const [first] = replicate;
      const have = this.#rows.headOf(name, conversation);
      if (first !== undefined && first.number <= have) this.#counters.note("replicate repeated");
    }
  }

  replied(object: SimObject, to: Address, reply: unknown): void {
    this.#silence(object, JSON.stringify(reply), `in a reply to ${to}`);
  }

  /** S8: what an object knows to be recalled leaves it no more. */
  #silence(object: SimObject, text: string, where: string): void {
    for (const recalled of this.#rows.of(object).recalled) {
      if (text.includes(recalled)) this.#say("S8", `${object.user} sent “${recalled}” ${where}`);
    }
  }

  #say(invariant: string, text: string, harm: Harm = "unexpected"): void {
    this.#findings.add(invariant, harm, text);
  }
}

/** Sessions are named `alice-d2#13` here, so that one sees whose they are. */
function idOf(session: string, counter: number): string {
  const device = session.slice(0, session.indexOf("#"));
  return `${device.slice(0, device.indexOf("-"))}:${device}:${counter}`;
}
