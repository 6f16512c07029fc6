/** The leader's part in what users are to each other: watches and tells for all tabs. */
import { LIMITS } from "../../protocol/limits.ts";
import { TIMING } from "../../protocol/timing.ts";
import type { Clock } from "../ports.ts";
import type { Connector } from "./connector.ts";

/** One tab's word on whom it looks at; a tab that has died says nothing any more. */
interface Look {
  readonly users: readonly string[];
  readonly until: number;
}

export class PeopleDesk {
  readonly #clock: Clock;
  readonly #connector: Connector;
  readonly #looks = new Map<string, Look>();
  /** Whom the server was told of last. */
  #told: readonly string[] = [];

  constructor(clock: Clock, connector: Connector) {
    this.#clock = clock;
    this.#connector = connector;
  }

  typing(conversation: string, on: boolean): void {
    this.#connector.send({ t: "typing", conversation, on });
  }

  /** Said again by each tab for as long as it looks on. */
  watch(tab: string, users: readonly string[]): void {
    this.#looks.set(tab, { users, until: this.#clock.monotonic() + TIMING.watchMs });
    this.#tell();
  }

  /** A session began: it knows of none of them. */
  start(): void {
    this.#told = [];
    this.#tell();
  }

  /** What it has said ends with the session. */
  stop(): void {}

  #tell(): void {
    const now = this.#clock.monotonic();
    for (const [tab, { until, users }] of this.#looks) {
      if (until <= now || users.length === 0) this.#looks.delete(tab);
    }
    const all = new Set([...this.#looks.values()].flatMap(({ users }) => users));
    const users = [...all].slice(0, LIMITS.watchedUsers);
    if (users.length + this.#told.length === 0) return;
    this.#told = users;
    this.#connector.send({ t: "watch", users });
  }
}
