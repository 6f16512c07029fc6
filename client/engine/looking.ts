/** What this tab knows of who is there and who types; whom it looks at is its app's word. */
import { isUserId } from "../../protocol/names.ts";
import type { Presence } from "../../protocol/presence.ts";
import { TIMING } from "../../protocol/timing.ts";
import type { Observable, Unsubscribe } from "../model.ts";
import type { Platform } from "../ports.ts";
import { Alarm } from "./alarm.ts";
import type { Emitter } from "./emitter.ts";
import { Signal } from "./signal.ts";
import type { TeamCall } from "./team.ts";

/** Half of what the server keeps it for: one that is lost is not missed. */
const SAY_EVERY_MS = TIMING.watchMs / 2;
/** Whoever types is told so at most this often, and stops being shown after twice that. */
const TYPING_EVERY_MS = TIMING.typingMs / 2;

interface Typing {
  readonly signal: Signal<readonly string[]>;
  /** By user: when it is over. */
  readonly until: Map<string, number>;
}

export class Looking {
  readonly #tell: (call: TeamCall) => void;
  readonly #platform: Platform;
  /** Names this tab to the leader; empty until it has something to say. */
  #tab = "";
  /** Users and groups by how many parts of the app look at them. */
  readonly #watched = new Map<string, number>();
  readonly #known = new Map<string, Presence>();
  readonly #presences = new Map<string, Signal<Presence | undefined>>();
  readonly #typings = new Map<string, Typing>();
  /** When it was last said that this user types, by conversation. */
  readonly #said = new Map<string, number>();
  readonly #sayAlarm: Alarm;
  readonly #typingAlarm: Alarm;
  #unsubscribe: Unsubscribe | undefined;
  #isLive = false;

  constructor(platform: Platform, emitter: Emitter, tell: (call: TeamCall) => void) {
    const { clock } = platform;
    this.#platform = platform;
    this.#tell = tell;
    this.#sayAlarm = new Alarm(clock, () => this.#say());
    this.#typingAlarm = new Alarm(clock, () => this.#endTyping());
    emitter.on("connection", ({ connection }) => this.#noteLink(connection.state.kind === "live"));
    emitter.on("presence", ({ users }) => {
      for (const one of users) this.#takePresence(one);
    });
    emitter.on("typing", ({ conversation, user, on }) => this.#takeTyping(conversation, user, on));
    // Who has said it types no more.
    emitter.on("message", ({ message: { conversation, from } }) =>
      this.#takeTyping(conversation, from, false),
    );
  }

  /** Users, or groups of which the app wants to know who types. */
  watch(seen: readonly string[]): Unsubscribe {
    for (const one of seen) this.#watched.set(one, (this.#watched.get(one) ?? 0) + 1);
    this.#unsubscribe ??= this.#platform.lifecycle.subscribe((event) => {
      if (event === "visible" || event === "hidden") this.#say();
    });
    this.#say();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      for (const one of seen) this.#unwatch(one);
      this.#say();
    };
  }

  presence(user: string): Observable<Presence | undefined> {
    const known = this.#presences.get(user);
    if (known !== undefined) return known;
    const signal = new Signal(() => this.#known.get(user));
    this.#presences.set(user, signal);
    return signal;
  }

  typists(conversation: string): Observable<readonly string[]> {
    return this.#typing(conversation).signal;
  }

  /** At each key; told now and then. */
  type(conversation: string, on: boolean): void {
    const now = this.#platform.clock.monotonic();
    const last = this.#said.get(conversation);
    if (!on && last === undefined) return;
    if (on && last !== undefined && now - last < TYPING_EVERY_MS) return;
    if (on) this.#said.set(conversation, now);
    else this.#said.delete(conversation);
    this.#tell({ do: "typing", conversation, on });
  }

  /** A message ends the typing for whoever sees it: the next key is news again. */
  sent(conversation: string): void {
    this.#said.delete(conversation);
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#sayAlarm.clear();
    this.#typingAlarm.clear();
  }

  /** Nobody was told while there was no connection. */
  #noteLink(isLive: boolean): void {
    if (isLive && !this.#isLive && this.#watched.size > 0) this.#say();
    this.#isLive = isLive;
  }

  #unwatch(user: string): void {
    const left = (this.#watched.get(user) ?? 0) - 1;
    if (left > 0) return void this.#watched.set(user, left);
    this.#watched.delete(user);
    this.#known.delete(user);
    this.#presences.get(user)?.touch();
  }

  /** A page that nobody sees looks at nobody. */
  #say(): void {
    const { lifecycle } = this.#platform;
    const isSeen = lifecycle.kind === "headless" || lifecycle.visible();
    const seen = isSeen ? [...this.#watched.keys()] : [];
    const users = seen.filter(isUserId);
    const groups = seen.filter((one) => !isUserId(one));
    this.#tab ||= this.#platform.random.id();
    this.#tell({ do: "watch", tab: this.#tab, users, groups });
    this.#sayAlarm.set(
      seen.length === 0 ? undefined : this.#platform.clock.monotonic() + SAY_EVERY_MS,
    );
  }

  #takePresence(presence: Presence): void {
    if (!this.#watched.has(presence.user)) return;
    this.#known.set(presence.user, presence);
    this.#presences.get(presence.user)?.touch();
  }

  #takeTyping(conversation: string, user: string, on: boolean): void {
    if (!on && !this.#typings.has(conversation)) return;
    const { until, signal } = this.#typing(conversation);
    const endsAt = this.#platform.clock.monotonic() + TIMING.typingMs;
    const isNews = until.has(user) !== on;
    if (on) until.set(user, endsAt);
    else until.delete(user);
    if (on) this.#typingAlarm.setEarlier(endsAt);
    if (isNews) signal.touch();
  }

  #endTyping(): void {
    const now = this.#platform.clock.monotonic();
    const open: number[] = [];
    for (const [conversation, { until }] of this.#typings) {
      for (const [user, endsAt] of until) {
        if (endsAt <= now) this.#takeTyping(conversation, user, false);
        else open.push(endsAt);
      }
    }
    if (open.length > 0) this.#typingAlarm.setEarlier(Math.min(...open));
  }

  #typing(conversation: string): Typing {
    const known = this.#typings.get(conversation);
    if (known !== undefined) return known;
    const until = new Map<string, number>();
    const typing = { until, signal: new Signal(() => [...until.keys()]) };
    this.#typings.set(conversation, typing);
    return typing;
  }
}
