import type { Address, HandOff, HandOffReply } from "../protocol/hand-offs.ts";
import type { Hint, HintReply } from "../protocol/presence.ts";
import type { UserAnswer, UserRequest } from "./requests.ts";
import { goOnLeaving, retired } from "./user/account.ts";
import { arm, hasSleptInPeace, onAlarm } from "./user/alarm.ts";
import { blankExpired } from "./user/expiry.ts";
import { forgetErased } from "./user/file-sweep.ts";
import { follower, owed } from "./user/followers.ts";
import { takeFrame } from "./user/frames.ts";
import { endCall, startCalls } from "./user/lanes.ts";
import { doubtWhatMoved, remember } from "./user/memory.ts";
import { hintAnswered, takeHint, tellPresence } from "./user/presence.ts";
import { pumpAll } from "./user/push.ts";
import { flushLedger } from "./user/record.ts";
import { obeyRequest } from "./user/requests.ts";
import { indexRows } from "./user/search.ts";
import { serve } from "./user/serve.ts";
import { endSession, forgetSession, openSession } from "./user/sessions.ts";
import { endSilent, watchNew } from "./user/silent.ts";
import { trimFloor } from "./user/state.ts";
import { keepStats } from "./user/statistics.ts";
import { keepTrouble } from "./user/trouble.ts";
import {
  type Effect,
  type Host,
  liveSession,
  liveSessions,
  type Moment,
  refuse,
  send,
  type Turn,
  type UserEvent,
  type UserMemory,
} from "./user/turn.ts";
import type { UserStore } from "./user-store.ts";

export type { Effect, Host, Moment, UserEvent } from "./user/turn.ts";

/** What a turn came to: an answer for whoever asked, and what is to be done now. */
export interface Outcome<T> {
  readonly value: T;
  readonly effects: readonly Effect[];
}

/**
 * The engine of one user: the device feeds, the conversations' homes and copies, the hand-offs.
 *
 * Transact, then act: one event is one synchronous transaction over the store; what it returns is
 * performed by the shell after the commit, and any of it may be lost. Memory is a cache: a throw
 * drops it, and the next event rebuilds it from rows and attachments.
 */
export class UserEngine {
  readonly #store: UserStore;
  readonly #host: Host;
  readonly #me: string;
  #memory: UserMemory | undefined;
  /** Whom a call is under way to: the shell waits for its end, whatever memory knows of it. */
  readonly #calling = new Set<Address>();

  constructor(store: UserStore, host: Host, me: string) {
    this.#store = store;
    this.#host = host;
    this.#me = me;
  }

  /** A socket, a frame, a closed socket, the alarm, or the end of a call this object made. */
  handle(event: UserEvent, moment: Moment): readonly Effect[] {
    if (event.kind === "reply") this.#calling.delete(event.from);
    return this.#turn(moment, event, (turn) => dispatch(turn, event)).effects;
  }

  /** Another object calls. */
  handOff(call: HandOff, moment: Moment): Outcome<HandOffReply> {
    return this.#turn(moment, undefined, (turn) => serve(turn, call));
  }

  /** Another user's object says something in passing. */
  hint(hint: Hint, moment: Moment): Outcome<HintReply> {
    return this.#turn(moment, undefined, (turn) => takeHint(turn, hint));
  }

  /** The Worker asks on behalf of this user or of an operator. */
  request(request: UserRequest, moment: Moment): Outcome<UserAnswer> {
    return this.#turn(moment, undefined, (turn) => obeyRequest(turn, request));
  }

  #turn<T>(moment: Moment, event: UserEvent | undefined, work: (turn: Turn) => T): Outcome<T> {
    try {
      const outcome = this.#store.transact(() => {
        const turn = this.#begin(moment, event);
        const value = work(turn);
        finish(turn);
        return { value, effects: turn.effects };
      });
      for (const effect of outcome.effects) {
        if (effect.kind === "call") this.#calling.add(effect.to);
      }
      return outcome;
    } catch (error) {
      this.#memory = undefined;
      throw error;
    }
  }

  #begin(moment: Moment, event: UserEvent | undefined): Turn {
    const fresh = this.#memory === undefined;
    const memory = this.#memory ?? remember(this.#store, this.#host, this.#me, this.#calling);
    this.#memory = memory;
    const turn: Turn = {
      now: moment.now,
      random: moment.random,
      settings: moment.settings,
      store: this.#store,
      host: this.#host,
      memory,
      effects: [],
      results: new Map(),
      changed: new Set(),
    };
    // An alarm that this memory knows nothing of was set by one that a crash has taken.
    const unexpected = event?.kind === "alarm" && memory.alarmAt === null;
    // The alarm of a far sweep says nothing about what is owed: that would have set an earlier one.
    const sweeps = [memory.sweepAt, memory.timeline.expiring.sweepAt];
    const isOwing = memory.alarmAt !== null && !sweeps.includes(memory.alarmAt);
    const closed = event?.kind === "close" ? event.attached : undefined;
    const isPeaceful = fresh && hasSleptInPeace(memory, closed);
    if (!isPeaceful && (unexpected || (fresh && isOwing))) doubtWhatMoved(turn);
    blankExpired(turn);
    return turn;
  }
}

function dispatch(turn: Turn, event: UserEvent): void {
  switch (event.kind) {
    case "open":
      return openSession(turn, event.session, event.grant);
    case "frame": {
      const session = turn.memory.sessions.get(event.session);
      if (session !== undefined) takeFrame(turn, session, event.text);
      return;
    }
    case "binary": {
      const session = turn.memory.sessions.get(event.session);
      if (session !== undefined) endSession(turn, session, "binary");
      return;
    }
    case "renewed":
      return renewed(turn, event);
    case "close": {
      const session = turn.memory.sessions.get(event.session) ?? event.attached;
      if (session !== undefined) forgetSession(turn, session);
      return;
    }
    case "alarm":
      return onAlarm(turn);
    case "look":
      // Whether there is still something to look at shows at the end of each turn.
      turn.memory.lookAt = null;
      return;
    case "erased":
      return forgetErased(turn, event.files);
    case "reply":
      return endCall(turn, event.from, event.outcome);
    case "retired":
      return retired(turn);
    case "hinted":
      return hintAnswered(turn, event.to, event.reply);
  }
}

function renewed(turn: Turn, event: Extract<UserEvent, { kind: "renewed" }>): void {
  const session = liveSession(turn, event.session);
  if (session === undefined) return;
  const { ref } = event;
  if (!event.ok) return refuse(turn, session.id, event.code, { of: "renew", ref });
  session.expiresAt = event.expiresAt;
  turn.changed.add(session.id);
  const { expiresAt, ticket } = event;
  send(turn, session.id, { t: "renewed", ref, expiresAt, ticket });
}

/** What follows from any event: answers, pushes, calls, the alarm, attachments. */
function finish(turn: Turn): void {
  const { memory } = turn;
  for (const [session, results] of turn.results) send(turn, session, { t: "accepted", results });
  endSilent(turn);
  tellPresence(turn);
  pumpAll(turn);
  goOnLeaving(turn);
  startCalls(turn);
  keepTrouble(turn);
  flushFull(turn);
  if (memory.timeline.isCheckpointDue(turn.settings.checkpointRows)) {
    memory.timeline.checkpoint({
      have: (id) => follower(turn, id).have,
      owed: owed(turn),
      floor: trimFloor(turn),
      delivered: memory.deliveredSeq,
    });
    indexRows(turn);
  }
  arm(turn);
  watchNew(turn);
  keepStats(turn);
  for (const id of turn.changed) {
    const session = memory.sessions.get(id);
    if (session !== undefined) turn.effects.push({ kind: "attach", session });
  }
  const { head } = memory.timeline;
  if (head === memory.pongHead) return;
  memory.pongHead = head;
  turn.effects.push({ kind: "pong", head });
}

/**
 * The attachment has room for a window's worth of ledger: a full one is written at once. Pages of a
 * catch-up join to a few segments, which are written at its end.
 */
function flushFull(turn: Turn): void {
  const live = liveSessions(turn);
  const { flushEntries } = turn.settings;
  const full = live.some(({ feed, caughtUpAt, segments, unflushed }) => {
    const isCatchingUp = feed.have < caughtUpAt;
    return segments.length >= 64 || (!isCatchingUp && unflushed >= flushEntries);
  });
  if (full) flushLedger(turn, live);
}
