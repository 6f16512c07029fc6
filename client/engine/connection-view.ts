/** The connection as a person should see it. */

import type { LinkState } from "../core/connection.ts";
import type { Connection, ConnectionState } from "../model.ts";
import type { Clock } from "../ports.ts";
import { Alarm } from "./alarm.ts";
import { Signal } from "./signal.ts";

/** A shorter interruption is nobody's business. */
const PATIENCE_MS = 2_000;

export class ConnectionView {
  readonly signal: Signal<Connection>;
  readonly #alarm: Alarm;
  readonly #clock: Clock;
  readonly #onChange: (connection: Connection) => void;
  #connection: Connection = { state: { kind: "idle" }, online: false, waiting: 0, leader: false };

  constructor(clock: Clock, onChange: (connection: Connection) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
    this.#alarm = new Alarm(clock, () => this.update({ online: false }));
    this.signal = new Signal(() => this.#connection);
  }

  enter(state: ConnectionState): void {
    const { kind } = state;
    const isUp = kind === "live" || kind === "syncing";
    const isFinal = kind === "closed" || kind === "needs-auth";
    if (isUp || isFinal) this.#alarm.clear();
    else if (this.#connection.online) this.#alarm.setEarlier(this.#clock.monotonic() + PATIENCE_MS);
    this.update({ state, online: isUp || (this.#connection.online && !isFinal) });
  }

  update(change: Partial<Connection>): void {
    const before = this.#connection;
    const names = Object.keys(change) as (keyof Connection)[];
    if (names.every((name) => change[name] === before[name])) return;
    this.#connection = { ...before, ...change };
    this.signal.touch();
    this.#onChange(this.#connection);
  }

  stop(): void {
    this.#alarm.clear();
  }
}

/** The machine's state in words and times that mean something outside. */
export function publicState(state: LinkState, clock: Clock): ConnectionState {
  switch (state.kind) {
    case "connecting":
      return { kind: "connecting", attempt: state.attempt };
    case "syncing":
      return { kind: "syncing", have: Math.max(0, state.have), want: state.want };
    case "backoff": {
      const { reason, attempt } = state;
      const retryAt = Math.round(clock.now() + state.until - clock.monotonic());
      return { kind: "backoff", retryAt, reason, attempt };
    }
    case "authenticating":
    case "live":
    case "offline":
      return { kind: state.kind };
    default:
      return state;
  }
}
