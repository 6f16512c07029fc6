import { DurableObject } from "cloudflare:workers";
import type { Address, HandOff, HandOffReply } from "../protocol/hand-offs.ts";
import type { Hint, HintReply } from "../protocol/presence.ts";
import type { HoldfastEnv } from "./env.ts";
import { eraseFiles } from "./files/bucket.ts";
import { logFailure } from "./log.ts";
import { Meter, type Reading } from "./meter.ts";
import { ObjectSql } from "./object-sql.ts";
import { callPeer, hintPeer } from "./peers.ts";
import { currentSettings, knownSettings } from "./policy.ts";
import { renewal } from "./renewal.ts";
import {
  GRANT_HEADER,
  type SocketGrant,
  type SocketRefusal,
  type UserAnswer,
  type UserRequest,
} from "./requests.ts";
import { isBuried, retire } from "./retirement.ts";
import { Sockets } from "./sockets.ts";
import { UsageReport } from "./usage-report.ts";
import { type Effect, type Moment, UserEngine, type UserEvent } from "./user.ts";
import { UserStore } from "./user-store.ts";

const ALARM_AFTER_FAILURE_MS = 10_000;

/**
 * One user's object: a thin shell that turns what the runtime says into events of the engine, and
 * performs what the engine decides after the commit. No decision is made here.
 */
export class UserObject extends DurableObject<HoldfastEnv> {
  readonly #user: string;
  readonly #sockets: Sockets;
  readonly #sql: ObjectSql;
  #engine: UserEngine;
  readonly #meter: Meter;
  readonly #report: UsageReport;
  #look: ReturnType<typeof setTimeout> | null = null;

  constructor(ctx: DurableObjectState, env: HoldfastEnv) {
    super(ctx, env);
    this.#sockets = new Sockets(ctx);
    this.#sql = new ObjectSql(ctx.storage);
    const store = new UserStore(this.#sql);
    const user = ctx.id.name ?? store.fact("user") ?? store.fact("gone");
    if (user === undefined) throw new Error("a user's object is reached by the user's name");
    this.#user = user;
    this.#meter = new Meter(`user:${user}`, Date.now());
    this.#report = new UsageReport(env, user);
    this.#engine = this.#engineOver(store);
    void ctx.blockConcurrencyWhile(async () => {
      this.#sql.alarmAt = await ctx.storage.getAlarm();
      const isNew = (store.fact("user") ?? store.fact("gone")) === undefined;
      if (isNew && (await isBuried(env, user))) store.setFact("gone", user);
      await currentSettings(env, Date.now());
    });
  }

  /** The upgrade: the Worker has judged the ticket and built this request itself. */
  override async fetch(request: Request): Promise<Response> {
    const grant = JSON.parse(request.headers.get(GRANT_HEADER) ?? "null") as SocketGrant | null;
    if (grant === null || grant.user !== this.#user) return new Response(null, { status: 400 });
    const session = crypto.randomUUID();
    const effects = this.#meter.visit("requests", () =>
      this.#engine.handle({ kind: "open", session, grant }, this.#moment()),
    );
    const refusal = refusalOf(effects, session);
    const { 0: client, 1: server } = new WebSocketPair();
    if (refusal === undefined) this.#sockets.accept(server, session);
    this.#perform(effects);
    // A hibernating socket that is closed before the upgrade is answered keeps its TCP connection
    // until the object sleeps (workerd 1.20261102.1): whoever is refused is closed by the Worker.
    if (refusal !== undefined) return Response.json(refusal, { status: 403 });
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    const session = this.#sockets.idOf(socket);
    if (session === undefined) return;
    const event: UserEvent =
      typeof message === "string"
        ? { kind: "frame", session, text: message }
        : { kind: "binary", session };
    this.#meter.visit("frames", () => this.#handle(event));
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    const session = this.#sockets.idOf(socket);
    const attached = this.#sockets.sessionOf(socket);
    this.#sockets.answerClose(socket, code);
    if (session === undefined) return;
    const event: UserEvent = {
      kind: "close",
      session,
      ...(attached === undefined ? {} : { attached }),
    };
    this.#meter.visit("frames", () => this.#handle(event));
  }

  override webSocketError(socket: WebSocket): void {
    this.webSocketClose(socket, 1006);
  }

  /**
   * Never throws: the runtime would retry a few times and then drop the alarm for good. Calls that
   * this run makes are awaited, so that one that dies with the object is run again.
   */
  override async alarm(): Promise<void> {
    this.#sql.alarmAt = null;
    const calls: Promise<void>[] = [];
    this.#meter.visit("alarms", () => this.#handle({ kind: "alarm" }, calls));
    await Promise.all(calls);
  }

  handOff(call: HandOff): HandOffReply {
    return this.#meter.visit("requests", () => {
      const { value, effects } = this.#engine.handOff(call, this.#moment());
      this.#perform(effects);
      return value;
    });
  }

  hint(hint: Hint): HintReply {
    return this.#meter.visit("requests", () => {
      const { value, effects } = this.#engine.hint(hint, this.#moment());
      this.#perform(effects);
      return value;
    });
  }

  request(request: UserRequest): UserAnswer {
    return this.#meter.visit("requests", () => {
      const { value, effects } = this.#engine.request(request, this.#moment());
      this.#perform(effects);
      return value;
    });
  }

  /** What this object has cost since it was woken; being asked is not counted. */
  meter(): Reading {
    return this.#meter.read(this.#sql.rows);
  }

  /** Ends the object as a crash would: memory and sockets are lost, rows are not. */
  crash(): void {
    this.ctx.abort("crash on request");
  }

  #engineOver(store: UserStore): UserEngine {
    const host = {
      sessions: () => this.#sockets.sessions(),
      alarmAt: () => this.#sql.alarmAt,
      pingedAt: (session: string) => this.#sockets.pingedAt(session),
    };
    return new UserEngine(store, host, this.#user);
  }

  #moment(): Moment {
    const now = Date.now();
    // Kept fresh in the background: no frame waits for the policy object.
    void currentSettings(this.env, now);
    return { now, random: Math.random, settings: knownSettings(this.env) };
  }

  /** A throw has rolled the turn back. The object stays usable; what owed an answer is asked again. */
  #handle(event: UserEvent, calls: Promise<void>[] = []): void {
    try {
      this.#perform(this.#engine.handle(event, this.#moment()), calls);
    } catch (error) {
      logFailure(`user-${event.kind}`, error);
      if (event.kind === "frame") {
        const text = JSON.stringify({ t: "error", error: { code: "internal" } });
        this.#sockets.send(event.session, text);
      }
      if (event.kind === "alarm") this.#sql.setAlarm(Date.now() + ALARM_AFTER_FAILURE_MS);
    }
  }

  #perform(effects: readonly Effect[], calls: Promise<void>[] = []): void {
    for (const effect of effects) {
      const work = this.#do(effect);
      if (work instanceof Promise) calls.push(this.#meter.wait(work));
    }
  }

  /** What takes time is awaited by the alarm alone. */
  #do(effect: Effect): unknown {
    switch (effect.kind) {
      case "send":
        return this.#sockets.send(effect.session, effect.text);
      case "close":
        return this.#sockets.close(effect.session, effect.name);
      case "attach":
        return this.#sockets.attach(effect.session);
      case "look":
        return this.#lookAfter(effect.afterMs);
      case "pong":
        return this.#sockets.answerPings(effect.head);
      case "call":
        return this.#call(effect.to, effect.call);
      case "hint":
        return this.#hint(effect.to, effect.hint);
      case "retire":
        return this.#retire();
      case "vanish":
        return this.#vanish();
      case "verify":
        return this.#verify(effect);
      case "stats":
        return this.#report.send(effect.batch, this.meter());
      case "wake":
        return this.#wakeDevices(effect);
      case "erase":
        return this.#erase(effect);
    }
  }

  /** A timer keeps the object awake, and is lost with it: the engine asks for it rarely. */
  #lookAfter(ms: number | null): void {
    clearTimeout(this.#look);
    this.#look = ms === null ? null : setTimeout(() => this.#handle({ kind: "look" }), ms);
  }

  async #call(to: Address, call: HandOff): Promise<void> {
    const { handOffTimeoutMs } = knownSettings(this.env);
    const outcome = await callPeer(this.env, to, call, handOffTimeoutMs);
    this.#handle({ kind: "reply", from: to, outcome });
  }

  async #hint(to: Address, hint: Hint): Promise<void> {
    const { handOffTimeoutMs } = knownSettings(this.env);
    const reply = await hintPeer(this.env, to, hint, handOffTimeoutMs);
    if (reply !== undefined) this.#handle({ kind: "hinted", to, reply });
  }

  async #retire(): Promise<void> {
    if (await retire(this.env, this.#user)) this.#handle({ kind: "retired" });
  }

  /** In one turn with the row that is left; what a crash between them loses, the tombstone knows. */
  #vanish(): void {
    this.#sql.erase();
    const store = new UserStore(this.#sql);
    store.setFact("gone", this.#user);
    this.#engine = this.#engineOver(store);
  }

  async #verify(effect: Extract<Effect, { kind: "verify" }>): Promise<void> {
    const { session, ref, token } = effect;
    const found = this.#sockets.sessions().find((one) => one.id === session);
    if (found === undefined) return;
    const result = await renewal(this.env, { user: this.#user, device: found.device, token });
    this.#handle({ kind: "renewed", session, ref, ...result });
  }

  async #wakeDevices(effect: Extract<Effect, { kind: "wake" }>): Promise<void> {
    const { collapseKey, urgency } = effect;
    try {
      await this.env.WAKER?.wake({ user: this.#user, collapseKey, urgency });
    } catch (error) {
      logFailure("waker-unreachable", error);
    }
  }

  async #erase({ files }: Extract<Effect, { kind: "erase" }>): Promise<void> {
    try {
      await eraseFiles(this.env.FILES, this.#user, files);
      this.#handle({ kind: "erased", files: files.map(({ file }) => file) });
    } catch (error) {
      logFailure("files-unreachable", error);
    }
  }
}

function refusalOf(effects: readonly Effect[], session: string): SocketRefusal | undefined {
  const closing = effects.find((effect) => effect.kind === "close" && effect.session === session);
  if (closing?.kind !== "close") return undefined;
  const frames = effects.flatMap((effect) =>
    effect.kind === "send" && effect.session === session ? [effect.text] : [],
  );
  return { frames, close: closing.name };
}
