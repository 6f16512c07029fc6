import { CLOSE, type CloseName, formatCloseReason } from "../../protocol/close-codes.ts";
import { PING, pong } from "../../protocol/codec.ts";
import type { Address, HandOff, HandOffReply } from "../../protocol/hand-offs.ts";
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
import { type AlarmRun, type HostSurroundings, type HostWitness, SimHost } from "./host.ts";
import type { Acceptor, Connection } from "./network.ts";
import { Crash, type SimSql } from "./object-sql.ts";

/** What the platform allows an attachment to take. */
const ATTACHMENT_BYTES = 16_384;

/** What a user's object says to devices, beside what any object does. */
export interface Witness extends HostWitness {
  sent(object: SimObject, connection: Connection, text: string): void;
  /** What a frame asked for is committed. */
  obeyed(session: string, text: string): void;
  /** A frame of a session that the object has ended. */
  late(object: SimObject): void;
  afterLate(object: SimObject): void;
  /** Memory and sockets are lost. */
  died(object: SimObject, sessions: readonly SeenSession[]): void;
  ended(object: SimObject, connection: Connection, name: CloseName): void;
}

export interface Surroundings extends HostSurroundings {
  readonly witness: Witness;
  /** Judges a fresh token, as the Worker does. */
  renew(user: string, device: string, token: string): Renewal;
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

/**
 * A user's object: the shell of worker/user-object.ts over the production engine, with the sockets
 * that it holds.
 */
export class SimObject extends SimHost implements Acceptor {
  readonly user: string;
  readonly #around: Surroundings;
  readonly #sockets = new Map<string, ServerSocket>();
  #engine: UserEngine | undefined;
  #autoResponse: string | null = null;

  constructor(user: string, sql: SimSql, around: Surroundings) {
    super(user, sql, around);
    this.user = user;
    this.#around = around;
  }

  get address(): Address {
    return `user:${this.user}`;
  }

  protected get isAwake(): boolean {
    return this.#engine !== undefined;
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
    const { life } = this;
    this.#handle({ kind: "open", session: id, grant });
    return life === this.life;
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

  protected serve(call: HandOff): HandOffReply {
    const { value, effects } = this.#turn((engine, moment) => engine.handOff(call, moment));
    this.#perform(effects, null);
    return value;
  }

  /** Throws when the object dies: the caller learns no more than that. */
  request(request: UserRequest): UserAnswer {
    const { value, effects } = this.#turn((engine, moment) => engine.request(request, moment));
    this.#perform(effects, null);
    return value;
  }

  protected onAlarm(run: AlarmRun): void {
    this.#handle({ kind: "alarm" }, run);
  }

  protected onReply(from: Address, outcome: CallOutcome): void {
    this.#handle({ kind: "reply", from, outcome });
  }

  protected forget(isCrash: boolean): void {
    this.#engine = undefined;
    if (!isCrash) {
      for (const [id, socket] of this.#sockets) if (!socket.isOpen) this.#sockets.delete(id);
      return;
    }
    this.#around.witness.died(this, this.seenSessions());
    for (const { connection } of this.#sockets.values()) connection.abandon();
    this.#sockets.clear();
    this.#autoResponse = null;
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
      this.afterThrow(event.kind, error);
      if (event.kind !== "frame") return;
      const text = JSON.stringify({ t: "error", error: { code: "internal" } });
      this.#send(event.session, text);
    }
  }

  #turn<T>(work: (engine: UserEngine, moment: Moment) => Outcome<T>): Outcome<T> {
    return this.transact((moment) => {
      this.#engine ??= this.#wake();
      return work(this.#engine, moment);
    });
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
    this.performEach(effects, (effect) => this.#do(effect, run));
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
        return this.call(effect.to, effect.call, run);
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

  #verify(effect: Extract<Effect, { kind: "verify" }>, run: AlarmRun | null): void {
    const { session, ref, token } = effect;
    const connection = this.#sockets.get(session)?.connection;
    if (connection === undefined) return;
    const settle = this.awaits<Renewal>(this.address, run, (result) =>
      this.#handle({ kind: "renewed", session, ref, ...result }),
    );
    const result = this.#around.renew(this.user, connection.device, token);
    this.#around.clock.after(this.#around.latency(this.user), () => settle(result));
  }
}
