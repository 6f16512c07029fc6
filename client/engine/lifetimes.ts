/** Stands for `Expiring` until there is a message that expires. */
import type { StoredEntry } from "../store.ts";
import type { LeaderContext } from "./context.ts";
import { Later } from "./later.ts";
import { EXPIRING } from "./parts.ts";
import { ServerClock } from "./server-clock.ts";

export class Lifetimes {
  readonly #context: LeaderContext;
  readonly #clock: ServerClock;
  readonly #expiring;

  constructor(context: LeaderContext) {
    const { platform, writer } = context;
    const clock = new ServerClock(platform.clock);
    this.#context = context;
    this.#clock = clock;
    this.#expiring = new Later(
      EXPIRING,
      ({ Expiring }) => new Expiring(context, clock),
      (error) => writer.broken(error),
    );
  }

  /** A session began. */
  start(serverTime: number): void {
    this.#clock.set(serverTime);
    this.lookAtAll();
  }

  lookAtAll(): void {
    for (const conversation of this.#context.book.rows.keys()) this.look(conversation);
  }

  /** Entries of a conversation have come from somewhere. */
  look(conversation: string): void {
    const { expiring = [] } = this.#context.book.rows.get(conversation) ?? {};
    if (expiring.length > 0) this.#expiring.do((one) => one.look(conversation));
  }

  /** As `look`, for those that come one by one: what they say themselves is enough. */
  note(arrived: readonly StoredEntry[]): void {
    for (const { entry } of arrived) this.#clock.isAtLeast(entry.at);
    const mortal = arrived.filter(({ entry }) => entry.changes?.expiresAt !== undefined);
    if (mortal.length > 0) this.#expiring.do((one) => one.note(mortal));
    else this.#expiring.now?.arm();
  }

  stop(): void {
    this.#expiring.stop();
  }
}
