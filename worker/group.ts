import type { HandOff, HandOffReply } from "../protocol/hand-offs.ts";
import type { Hint, HintReply } from "../protocol/presence.ts";
import { arm, flushWhenDue, noteRest, onAlarm } from "./group/alarm.ts";
import { endCall, startCalls } from "./group/fan-out.ts";
import { passOn } from "./group/large.ts";
import { doubtAll, remember } from "./group/memory.ts";
import { obeyRequest } from "./group/requests.ts";
import { serve } from "./group/serve.ts";
import type { GroupEffect, GroupEvent, GroupHost, GroupMemory, GroupTurn } from "./group/turn.ts";
import { hintAnswered, takeHint } from "./group/typing.ts";
import type { GroupAnswer, GroupRequest } from "./group-requests.ts";
import type { GroupStore } from "./group-store.ts";
import type { Moment } from "./user/turn.ts";

export type { GroupEffect, GroupEvent, GroupHost } from "./group/turn.ts";

/** What a turn came to: an answer for whoever asked, and what is to be done now. */
export interface GroupOutcome<T> {
  readonly value: T;
  readonly effects: readonly GroupEffect[];
}

/**
 * The engine of one group: its log, its members, and the way of the log to each of them. Like a
 * user's engine it transacts, then acts; its memory is a cache that a throw drops.
 */
export class GroupEngine {
  readonly #store: GroupStore;
  readonly #host: GroupHost;
  readonly #me: GroupMemory["me"];
  #memory: GroupMemory | undefined;
  /** To whom a call is under way: the shell waits for its end, whatever memory knows of it. */
  readonly #calling = new Set<string>();

  /** `group`: the id, without the kind. */
  constructor(store: GroupStore, host: GroupHost, group: string) {
    this.#store = store;
    this.#host = host;
    this.#me = `group:${group}`;
  }

  /** The alarm, or the end of a call or a hint of this object's. */
  handle(event: GroupEvent, moment: Moment): readonly GroupEffect[] {
    if (event.kind === "alarm") return this.#turn(moment, true, onAlarm).effects;
    if (event.kind === "hinted") {
      const { to, reply } = event;
      return this.#turn(moment, false, (turn) => hintAnswered(turn, userIn(to), reply)).effects;
    }
    const { from, outcome } = event;
    this.#calling.delete(userIn(from));
    return this.#turn(moment, false, (turn) => endCall(turn, from, outcome)).effects;
  }

  /** A user's object calls. */
  handOff(call: HandOff, moment: Moment): GroupOutcome<HandOffReply> {
    return this.#turn(moment, false, (turn) => serve(turn, call));
  }

  /** A user's object says something in passing. */
  hint(hint: Hint, moment: Moment): GroupOutcome<HintReply> {
    return this.#turn(moment, false, (turn) => takeHint(turn, hint));
  }

  /** The Worker asks on behalf of a user or of an operator. */
  request(request: GroupRequest, moment: Moment): GroupOutcome<GroupAnswer> {
    return this.#turn(moment, false, (turn) => obeyRequest(turn, request));
  }

  #turn<T>(moment: Moment, isAlarm: boolean, work: (turn: GroupTurn) => T): GroupOutcome<T> {
    try {
      const outcome = this.#store.transact(() => {
        const turn = this.#begin(moment, isAlarm);
        const value = work(turn);
        passOn(turn);
        startCalls(turn);
        flushWhenDue(turn, isAlarm);
        noteRest(turn);
        arm(turn);
        return { value, effects: turn.effects };
      });
      for (const effect of outcome.effects) {
        if (effect.kind === "call") this.#calling.add(userIn(effect.to));
      }
      return outcome;
    } catch (error) {
      this.#memory = undefined;
      throw error;
    }
  }

  #begin(moment: Moment, isAlarm: boolean): GroupTurn {
    const isFresh = this.#memory === undefined;
    const memory = this.#memory ?? remember(this.#store, this.#host, this.#me, this.#calling);
    this.#memory = memory;
    const turn: GroupTurn = {
      ...moment,
      store: this.#store,
      host: this.#host,
      memory,
      effects: [],
    };
    // An alarm that this memory knows nothing of was set by one that a crash has taken.
    const isUnexpected = isAlarm && memory.alarmAt === null;
    const { expiring } = memory.log;
    expiring.sweep(memory.log, turn.now);
    // One that waits for messages to expire says nothing about what is owed.
    const isOwing = memory.alarmAt !== null && memory.alarmAt !== expiring.sweepAt;
    if (isUnexpected || (isFresh && isOwing)) doubtAll(turn);
    return turn;
  }
}

function userIn(address: string): string {
  return address.slice(address.indexOf(":") + 1);
}
