/** The connection as a person should see it. */
import { Alarm } from "./alarm.ts";
import type { LinkState } from "./core/connection.ts";
import type { Connection, ConnectionState } from "./model.ts";
import type { Clock } from "./ports.ts";
import { Signal } from "./signal.ts";

/** A shorter interruption is nobody's business. */
const PATIENCE_MS = 2_000;

export class ConnectionView {
  readonly signal: Signal<Connection>;
  private readonly alarm: Alarm;
  private readonly clock: Clock;
  private readonly onChange: (connection: Connection) => void;
  private state: ConnectionState = { kind: "idle" };
  private online = false;
  private leader = false;
  private waiting = 0;

  constructor(clock: Clock, onChange: (connection: Connection) => void) {
    this.clock = clock;
    this.onChange = onChange;
    this.alarm = new Alarm(clock, () => this.update({ online: false }));
    this.signal = new Signal(() => ({
      state: this.state,
      online: this.online,
      waiting: this.waiting,
      leader: this.leader,
    }));
  }

  enter(state: ConnectionState): void {
    const { kind } = state;
    const isUp = kind === "live" || kind === "syncing";
    const isFinal = kind === "closed" || kind === "needs-auth";
    if (isUp || isFinal) this.alarm.clear();
    else if (this.online) this.alarm.setEarlier(this.clock.monotonic() + PATIENCE_MS);
    this.update({ state, online: isUp || (this.online && !isFinal) });
  }

  update(change: Partial<Connection>): void {
    const { state = this.state, online = this.online } = change;
    const { leader = this.leader, waiting = this.waiting } = change;
    const same = online === this.online && leader === this.leader && waiting === this.waiting;
    if (same && state === this.state) return;
    Object.assign(this, { state, online, leader, waiting });
    this.signal.touch();
    this.onChange(this.signal.get());
  }

  stop(): void {
    this.alarm.clear();
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
