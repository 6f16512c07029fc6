/** The leader's part in what users are to each other: watches and tells for all tabs. */
import { LIMITS } from "../../protocol/limits.ts";
import { TIMING } from "../../protocol/timing.ts";
import type { Clock } from "../ports.ts";
import type { Connector } from "./connector.ts";
import type { LeaderContext } from "./context.ts";
import type { TeamCall } from "./team.ts";

/** One tab's word on whom it looks at; a tab that has died says nothing any more. */
interface Look {
  readonly users: readonly string[];
  readonly groups: readonly string[];
  readonly until: number;
}

export class PeopleDesk {
  readonly #clock: Clock;
  readonly #connector: Connector;
  readonly #looks = new Map<string, Look>();
  /** Whether the server was told of somebody last. */
  #isTold = false;

  constructor({ platform, connector }: LeaderContext) {
    this.#clock = platform.clock;
    this.#connector = connector;
  }

  typing(conversation: string, on: boolean): void {
    this.#connector.send({ t: "typing", conversation, on });
  }

  /** Said again by each tab for as long as it looks on. */
  watch({ tab, users, groups = [] }: Extract<TeamCall, { do: "watch" }>): void {
    this.#looks.set(tab, { users, groups, until: this.#clock.monotonic() + TIMING.watchMs });
    this.#tell();
  }

  /** A session began: it knows of none of them. */
  start(): void {
    this.#isTold = false;
    this.#tell();
  }

  /** What it has said ends with the session. */
  stop(): void {}

  #tell(): void {
    const now = this.#clock.monotonic();
    for (const [tab, { until, users, groups }] of this.#looks) {
      if (until <= now || users.length + groups.length === 0) this.#looks.delete(tab);
    }
    const looks = [...this.#looks.values()];
    const users = first(
      LIMITS.watchedUsers,
      looks.flatMap((look) => look.users),
    );
    const groups = first(
      LIMITS.watchedGroups,
      looks.flatMap((look) => look.groups),
    );
    const isSome = looks.length > 0;
    if (!isSome && !this.#isTold) return;
    this.#isTold = isSome;
    // Left out where there are none: a server that knows of no groups here refuses the frame.
    this.#connector.send({ t: "watch", users, ...(groups.length === 0 ? {} : { groups }) });
  }
}

function first(count: number, names: readonly string[]): string[] {
  return [...new Set(names)].slice(0, count);
}
