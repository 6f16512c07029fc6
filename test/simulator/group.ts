import type { Address, HandOff, HandOffReply } from "../../protocol/hand-offs.ts";
import {
  type GroupEffect,
  GroupEngine,
  type GroupEvent,
  type GroupOutcome,
} from "../../worker/group.ts";
import type { GroupAnswer, GroupRequest } from "../../worker/group-requests.ts";
import { GroupStore } from "../../worker/group-store.ts";
import type { CallOutcome, Moment } from "../../worker/user/turn.ts";
import { type AlarmRun, type HostSurroundings, SimHost } from "./host.ts";
import { Crash, type SimSql } from "./object-sql.ts";

/** A group's object: the shell of worker/group-object.ts over the production engine. */
export class SimGroup extends SimHost {
  readonly conversation: `group:${string}`;
  #engine: GroupEngine | undefined;

  constructor(conversation: `group:${string}`, sql: SimSql, around: HostSurroundings) {
    super(conversation, sql, around);
    this.conversation = conversation;
  }

  get address(): Address {
    return this.conversation;
  }

  protected get isAwake(): boolean {
    return this.#engine !== undefined;
  }

  protected forget(): void {
    this.#engine = undefined;
  }

  protected serve(call: HandOff): HandOffReply {
    const { value, effects } = this.#turn((engine, moment) => engine.handOff(call, moment));
    this.#perform(effects, null);
    return value;
  }

  /** The Worker asks on behalf of a user. Throws when the object dies. */
  request(request: GroupRequest): GroupAnswer {
    const { value, effects } = this.#turn((engine, moment) => engine.request(request, moment));
    this.#perform(effects, null);
    return value;
  }

  protected onAlarm(run: AlarmRun): void {
    this.#handle({ kind: "alarm" }, run);
  }

  protected onReply(from: Address, outcome: CallOutcome): void {
    this.#handle({ kind: "reply", from, outcome }, null);
  }

  #handle(event: GroupEvent, run: AlarmRun | null): void {
    try {
      const { effects } = this.#turn((engine, moment) => ({
        value: undefined,
        effects: engine.handle(event, moment),
      }));
      this.#perform(effects, run);
    } catch (error) {
      if (!(error instanceof Crash)) this.afterThrow(event.kind, error);
    }
  }

  #turn<T>(work: (engine: GroupEngine, moment: Moment) => GroupOutcome<T>): GroupOutcome<T> {
    return this.transact((moment) => {
      this.#engine ??= this.#wake();
      return work(this.#engine, moment);
    });
  }

  #wake(): GroupEngine {
    const host = { alarmAt: () => this.sql.alarmAt };
    const id = this.conversation.slice("group:".length);
    return new GroupEngine(new GroupStore(this.sql), host, id);
  }

  #perform(effects: readonly GroupEffect[], run: AlarmRun | null): void {
    this.performEach(effects, (effect) => {
      if (effect.kind === "call") this.call(effect.to, effect.call, run);
    });
  }
}
