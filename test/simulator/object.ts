import { CLOSE, type CloseName, formatCloseReason } from "../../protocol/close-codes.ts";
import { PING, pong } from "../../protocol/codec.ts";
import type { Address, HandOff, HandOffReply } from "../../protocol/hand-offs.ts";
import type { Settings } from "../../protocol/settings.ts";
import { packSession, unpackSession } from "../../worker/core/attachment.ts";
import type { LiveSession, Session } from "../../worker/core/session.ts";
import type { SocketGrant, UserAnswer, UserRequest } from "../../worker/requests.ts";
import type { CallOutcome, Renewal } from "../../worker/user/turn.ts";
import {
  type Effect,
  type Moment,
  type Outcome,
  UserEngine,
  type UserEvent,
} from "../../worker/user.ts";
import { UserStore } from "../../worker/user-store.ts";
import type { SimClock } from "./clock.ts";
import type { Faults } from "./faults.ts";
import type { Journal } from "./journal.ts";
import type { Acceptor, Connection } from "./network.ts";
import { Crash, NO_TROUBLE, type SimSql, StatementRefused, type Trouble } from "./object-sql.ts";
import type { Counters } from "./sometimes.ts";

/** What the platform allows an attachment to take. */
const ATTACHMENT_BYTES = 16_384;
/** The shell's answer to an alarm that failed. */
const ALARM_AFTER_FAILURE_MS = 10_000;
/** After a crash the platform runs the alarm again. */
const ALARM_AGAIN_MS = 2_000;

/** Everything that an object says or commits, for the checkers. */
export interface Witness {
  committed(object: SimObject): void;
  /** All effects of a turn are performed. */
  rested(object: SimObject): void;
  sent(object: SimObject, connection: Connection, text: string): void;
  /** What a frame asked for is committed. */
  obeyed(session: string, text: string): void;
  called(object: SimObject, to: Address, call: HandOff): void;
  /** A frame of a session that the object has ended. */
  late(object: SimObject): void;
  afterLate(object: SimObject): void;
  /** Memory and sockets are lost. */
  died(object: SimObject, sessions: readonly SeenSession[]): void;
  arrived(object: SimObject, call: HandOff): void;
  replied(object: SimObject, to: Address, reply: HandOffReply): void;
  /** An answer has come back. */
  heard(object: SimObject, from: Address): void;
  ended(object: SimObject, connection: Connection, name: CloseName): void;
  threw(object: SimObject, event: string, error: unknown): void;
}

export interface Surroundings {
  readonly clock: SimClock;
  readonly faults: Faults;
  readonly counters: Counters;
  readonly witness: Witness;
  readonly journal: Journal;
  readonly settings: Settings;
  object(address: Address): SimObject | undefined;
  /** Judges a fresh token, as the Worker does. */
  renew(user: string, device: string, token: string): Renewal;
  latency(link: string): number;
}

interface ServerSocket {
  readonly connection: Connection;
  attachment: Attachment;
  /** What the checkers look at, so that they need not unpack it. */
  seen: SeenSession | null;
  isOpen: boolean;
  pingedAt: number;
}

/** As worker/sockets.ts writes it. */
interface Attachment {
  readonly id: string;
  readonly session: string | null;
}

/** Undefined before its session, and once it was closed by the object. */
function sessionOf({ attachment: { session } }: ServerSocket): Session | undefined {
  return session === null ? undefined : unpackSession(session);
}

function seen({ id, device, feed, acked }: LiveSession): SeenSession {
  return { id, device, retryAt: feed.retryAt, acked };
}

/** A live session as it was when it was attached last. */
export interface SeenSession {
  readonly id: string;
  readonly device: string;
  readonly retryAt: number | null;
  readonly acked: number;
}

interface AlarmRun {
  readonly scheduledAt: number;
  /** The handler and the calls that it waits for. */
  open: number;
}

/**
 * A user's object on a simulated platform: the shell of worker/user-object.ts over the production
 * engine. What the platform may do to it is done here, between any two events and within each.
 */
export class SimObject implements Acceptor {
  readonly user: string;
  readonly sql: SimSql;
  readonly #around: Surroundings;
  readonly #sockets = new Map<string, ServerSocket>();
  #engine: UserEngine | undefined;
  /** Counts crashes: what belongs to an earlier life reaches nobody. */
  #life = 0;
  #callsOut = 0;
  readonly #inFlight = new Map<Address, number>();
  /** The alarm as it is on disk; the one that the shell believes in is `sql.alarmAt`. */
  #alarmAt: number | null = null;
  #alarmRun: AlarmRun | null = null;
  #alarmTimer: (() => void) | undefined;
  #autoResponse: string | null = null;
  turns = 0;
  alarms = 0;

  constructor(user: string, sql: SimSql, around: Surroundings) {
    this.user = user;
    this.sql = sql;
    this.#around = around;
    sql.reset();
  }

  get address(): Address {
    return `user:${this.user}`;
  }

  /** The alarm that is set; null: none. */
  get alarmAt(): number | null {
    return this.#alarmAt;
  }

  get isAlarmRunning(): boolean {
    return this.#alarmRun !== null;
  }

  callsTo(address: Address): number {
    return this.#inFlight.get(address) ?? 0;
  }

  /** Sockets that are open as far as the platform knows, with their sessions. */
  sessions(): Session[] {
    return this.#openSockets().flatMap((socket) => sessionOf(socket) ?? []);
  }

  /** Live sessions, for those who only look. */
  seenSessions(): SeenSession[] {
    return this.#openSockets().flatMap(({ seen }) => seen ?? []);
  }

  // --- what reaches it

  accept(connection: Connection, grant: SocketGrant): boolean {
    const { id } = connection;
    const attachment = { id, session: null };
    const socket = { connection, attachment, seen: null, isOpen: true, pingedAt: 0 };
    this.#sockets.set(id, socket);
    const life = this.#life;
    this.#handle({ kind: "open", session: id, grant });
    return life === this.#life;
  }

  received(connection: Connection, text: string): void {
    const socket = this.#sockets.get(connection.id);
    if (socket === undefined) return;
    if (text === PING && this.#autoResponse !== null) {
      if (!socket.isOpen) return;
      socket.pingedAt = this.#around.clock.now;
      connection.sendDown(this.#autoResponse);
      return;
    }
    const { isOpen } = socket;
    if (!isOpen) this.#around.witness.late(this);
    this.#handle({ kind: "frame", session: connection.id, text });
    if (!isOpen) this.#around.witness.afterLate(this);
  }

  closed(connection: Connection): void {
    const socket = this.#sockets.get(connection.id);
    if (socket === undefined) return;
    this.#sockets.delete(connection.id);
    const attached = sessionOf(socket);
    const session = connection.id;
    this.#handle({ kind: "close", session, ...(attached === undefined ? {} : { attached }) });
  }

  /** Throws when the object dies, or can't: the caller learns no more than that. */
  handOff(call: HandOff): HandOffReply {
    this.#around.witness.arrived(this, call);
    const { value, effects } = this.#turn((engine, moment) => engine.handOff(call, moment));
    this.#perform(effects, null);
    return value;
  }

  request(request: UserRequest): UserAnswer {
    const { value, effects } = this.#turn((engine, moment) => engine.request(request, moment));
    this.#perform(effects, null);
    return value;
  }

  // --- what the platform does to it

  /** Memory, sockets and what was under way are gone; rows and alarm are not. */
  crash(): void {
    this.#around.journal(() => `${this.user} crashes`);
    this.#around.witness.died(this, this.seenSessions());
    this.#life += 1;
    this.#engine = undefined;
    this.#callsOut = 0;
    this.#inFlight.clear();
    for (const { connection } of this.#sockets.values()) connection.abandon();
    this.#sockets.clear();
    this.#autoResponse = null;
    if (this.#alarmRun !== null) {
      this.#around.counters.note("alarm cut off");
      this.#alarmAt ??= this.#around.clock.now + ALARM_AGAIN_MS;
      this.#alarmRun = null;
    }
    this.sql.alarmAt = this.#alarmAt;
    this.#armTimer();
  }

  /** Hibernation: memory goes, attachments stay. A call under way keeps the object awake. */
  evict(): void {
    if (this.#engine === undefined || this.#callsOut > 0 || this.#alarmRun !== null) return;
    this.#around.journal(() => `${this.user} sleeps`);
    this.#engine = undefined;
    this.sql.alarmAt = this.#alarmAt;
    for (const [id, socket] of this.#sockets) if (!socket.isOpen) this.#sockets.delete(id);
    this.#around.counters.note("woken from hibernation");
  }

  // --- one turn

  #handle(event: UserEvent, run: AlarmRun | null = null): void {
    try {
      const { effects } = this.#turn((engine, moment) => ({
        value: undefined,
        effects: engine.handle(event, moment),
      }));
      if (event.kind === "frame") this.#around.witness.obeyed(event.session, event.text);
      this.#perform(effects, run);
    } catch (error) {
      if (error instanceof Crash) return;
      this.#afterThrow(event, error);
    }
  }

  /** As the shell does: the object stays usable, and what owed an answer is asked again. */
  #afterThrow(event: UserEvent, error: unknown): void {
    if (!(error instanceof StatementRefused)) this.#around.witness.threw(this, event.kind, error);
    if (event.kind === "frame") {
      const text = JSON.stringify({ t: "error", error: { code: "internal" } });
      this.#send(event.session, text);
    }
    if (event.kind === "alarm") {
      this.sql.setAlarm(this.#around.clock.now + ALARM_AFTER_FAILURE_MS);
      this.#keepAlarm();
    }
  }

  #turn<T>(work: (engine: UserEngine, moment: Moment) => Outcome<T>): Outcome<T> {
    const { faults, clock, settings, witness } = this.#around;
    if (faults.hit("evict", this.user)) this.evict();
    this.turns += 1;
    this.sql.prepareTrouble(this.#trouble());
    const random = () => faults.unit(`engine ${this.user}`);
    try {
      this.#engine ??= this.#wake();
      const outcome = work(this.#engine, { now: clock.now, random, settings });
      this.#keepAlarm();
      witness.committed(this);
      return outcome;
    } catch (error) {
      if (error instanceof Crash) {
        this.#around.counters.note("crash before commit");
        this.crash();
      }
      throw error;
    } finally {
      this.sql.prepareTrouble(NO_TROUBLE);
    }
  }

  #trouble(): Trouble {
    const { faults, counters } = this.#around;
    const crash = faults.hit("crash-before-commit", this.user);
    const fails = faults.hit("statement-fails", this.user);
    if (fails) counters.note("statement failed");
    const failAfter = fails ? faults.between(`statement ${this.user}`, 0, 2) : undefined;
    return { crash, failAfter };
  }

  #wake(): UserEngine {
    const host = {
      sessions: () => this.sessions(),
      alarmAt: () => this.sql.alarmAt,
      pingedAt: (session: string) => this.#sockets.get(session)?.pingedAt ?? 0,
    };
    return new UserEngine(new UserStore(this.sql), host, this.user);
  }

  // --- effects

  #perform(effects: readonly Effect[], run: AlarmRun | null): void {
    const { faults, counters } = this.#around;
    const dies = faults.hit("crash-after-commit", this.user);
    const last = dies ? faults.between(`effects ${this.user}`, 0, effects.length) : effects.length;
    for (const effect of effects.slice(0, last)) this.#do(effect, run);
    if (!dies) return this.#around.witness.rested(this);
    counters.note("crash after commit");
    if (last > 0 && last < effects.length) counters.note("effects partly done");
    this.crash();
    throw new Crash("after the commit");
  }

  #do(effect: Effect, run: AlarmRun | null): void {
    switch (effect.kind) {
      case "send":
        return this.#send(effect.session, effect.text);
      case "close":
        return this.#close(effect.session, effect.name);
      case "attach":
        return this.#attach(effect.session);
      case "pong":
        this.#autoResponse = pong(effect.head);
        return;
      case "call":
        return this.#call(effect.to, effect.call, run);
      case "verify":
        return this.#verify(effect, run);
      case "stats":
      case "wake":
        return;
    }
  }

  #send(session: string, text: string): void {
    const socket = this.#sockets.get(session);
    if (!socket?.isOpen) return;
    this.#around.witness.sent(this, socket.connection, text);
    socket.connection.sendDown(text);
  }

  #close(session: string, name: CloseName): void {
    const socket = this.#sockets.get(session);
    if (!socket?.isOpen) return;
    socket.isOpen = false;
    socket.attachment = { id: session, session: null };
    this.#around.witness.ended(this, socket.connection, name);
    socket.connection.closeDown(CLOSE[name].code, formatCloseReason({ why: name }));
  }

  #attach(session: Session): void {
    const socket = this.#sockets.get(session.id);
    if (!socket?.isOpen) return;
    const packed = packSession(session);
    if (packed.length > ATTACHMENT_BYTES) throw new Error("attachment over 16,384 bytes");
    const { id } = session;
    socket.attachment = { id, session: packed };
    socket.seen = session.phase === "live" ? seen(session) : null;
  }

  #openSockets(): ServerSocket[] {
    return [...this.#sockets.values()].filter(({ isOpen }) => isOpen);
  }

  // --- calls to other objects

  #call(to: Address, call: HandOff, run: AlarmRun | null): void {
    const { clock, faults, settings, witness } = this.#around;
    witness.called(this, to, call);
    this.#around.journal(() => `${this.user} → ${to} ${JSON.stringify(call)}`);
    const settle = this.#awaits<CallOutcome>(to, run, (outcome) => {
      if (outcome.ok) witness.heard(this, to);
      else this.#around.counters.note("home unreachable");
      this.#handle({ kind: "reply", from: to, outcome });
    });
    clock.after(settings.handOffTimeoutMs, () => settle({ ok: false }));
    const link = `${this.user} to ${to}`;
    if (faults.hit("call-refused", link)) {
      clock.after(this.#around.latency(link), () => settle({ ok: false }));
      return;
    }
    const times = faults.hit("call-twice", link) ? 2 : 1;
    for (let time = 0; time < times; time += 1) this.#deliver(to, link, call, settle);
  }

  #deliver(to: Address, link: string, call: HandOff, settle: (outcome: CallOutcome) => void): void {
    const { clock, counters, faults, latency, settings } = this.#around;
    const timeoutMs = settings.handOffTimeoutMs;
    const slow = faults.hit("call-slow", link);
    const takes = latency(link) + (slow ? faults.unit(`slow ${link}`) * 3 * timeoutMs : 0);
    const copy = structuredClone(call);
    clock.after(takes, () => {
      if (takes > timeoutMs) counters.note("call executed after its deadline");
      this.#around.journal(() => `${this.user} → ${to} arrives: ${JSON.stringify(copy)}`);
      const outcome = this.#around.object(to)?.answer(copy) ?? { ok: false };
      if (outcome.ok && faults.hit("reply-lost", link)) return;
      clock.after(latency(link), () => settle(outcome));
    });
  }

  /** What the caller of a call gets to see of it. */
  answer(call: HandOff): CallOutcome {
    try {
      const reply = structuredClone(this.handOff(call));
      this.#around.witness.replied(this, call.from, reply);
      return { ok: true, reply };
    } catch (error) {
      const known = error instanceof Crash || error instanceof StatementRefused;
      if (!known) this.#around.witness.threw(this, "hand-off", error);
      return { ok: false };
    }
  }

  /** A promise of this life: settles once, and only while the object lives. */
  #awaits<T>(to: Address, run: AlarmRun | null, then: (value: T) => void): (value: T) => void {
    const life = this.#life;
    let isOpen = true;
    this.#callsOut += 1;
    if (run !== null) run.open += 1;
    this.#inFlight.set(to, this.callsTo(to) + 1);
    return (value) => {
      if (!isOpen) return;
      isOpen = false;
      if (life !== this.#life) return;
      this.#around.journal(() => `${this.user} ← ${to} ${JSON.stringify(value)}`);
      this.#callsOut -= 1;
      this.#inFlight.set(to, this.callsTo(to) - 1);
      then(value);
      if (run !== null && life === this.#life) this.#closeRun(run);
    };
  }

  #verify(effect: Extract<Effect, { kind: "verify" }>, run: AlarmRun | null): void {
    const { session, ref, token } = effect;
    const connection = this.#sockets.get(session)?.connection;
    if (connection === undefined) return;
    const settle = this.#awaits<Renewal>(this.address, run, (result) =>
      this.#handle({ kind: "renewed", session, ref, ...result }),
    );
    const result = this.#around.renew(this.user, connection.device, token);
    this.#around.clock.after(this.#around.latency(this.user), () => settle(result));
  }

  // --- the alarm

  /** After a commit: what was set in it is on disk now. */
  #keepAlarm(): void {
    const wanted = this.sql.takeAlarm();
    if (wanted === null) return;
    // Inside alarm(), re-arming at or before the current time is lost without a word (P13).
    if (this.#alarmRun !== null && wanted <= this.#alarmRun.scheduledAt) return;
    this.#alarmAt = wanted;
    this.#around.journal(() => `${this.user} alarm set in ${wanted - this.#around.clock.now} ms`);
    this.#armTimer();
  }

  #armTimer(): void {
    this.#alarmTimer?.();
    if (this.#alarmAt === null || this.#alarmRun !== null) return;
    const { clock, counters, faults } = this.#around;
    const late = faults.hit("alarm-late", this.user);
    if (late) counters.note("alarm late");
    const delayMs = late ? faults.unit(`alarm ${this.user}`) * 60_000 : 0;
    this.#alarmTimer = clock.at(this.#alarmAt + delayMs, () => this.#fire());
  }

  #fire(): void {
    if (this.#alarmAt === null || this.#alarmRun !== null) return;
    const { faults, counters } = this.#around;
    const run: AlarmRun = { scheduledAt: this.#alarmAt, open: 1 };
    this.#alarmAt = null;
    this.#alarmRun = run;
    const life = this.#life;
    this.#runAlarm(run);
    if (life === this.#life && faults.hit("alarm-twice", this.user)) {
      counters.note("alarm twice");
      this.#runAlarm(run);
    }
    if (life === this.#life) this.#closeRun(run);
  }

  #runAlarm(run: AlarmRun): void {
    this.alarms += 1;
    this.#around.journal(() => `${this.user} alarm`);
    this.sql.alarmAt = null;
    this.#handle({ kind: "alarm" }, run);
  }

  #closeRun(run: AlarmRun): void {
    run.open -= 1;
    if (run.open > 0 || this.#alarmRun !== run) return;
    this.#alarmRun = null;
    this.#armTimer();
  }
}
