import type { TabChannel, Tabs } from "../../client/ports.ts";
import type { SimClock } from "./clock.ts";

/** A tab as the browser knows it. */
export interface Member {
  readonly isAlive: boolean;
  /** Calls it back, once it is awake. */
  run(call: () => void): void;
}

interface Claim {
  readonly member: Member;
  onLead(): void;
  onLost(): void;
}

interface Listener {
  readonly member: Member;
  onMessage(message: unknown): void;
}

/** A message from tab to tab takes this long. */
const CHANNEL_MS = 2;

/** The locks and channels of one browser: a frozen tab keeps its lock, a dead one does not. */
export class TabLocks {
  readonly #clock: SimClock;
  #holder: Claim | undefined;
  readonly #queue: Claim[] = [];
  readonly #listeners = new Set<Listener>();
  /** Tabs that led so far. */
  leaders = 0;

  constructor(clock: SimClock) {
    this.#clock = clock;
  }

  /** What one tab sees. */
  of(member: Member): Tabs {
    return {
      lead: (_name, onLead, onLost, force) => this.#lead({ member, onLead, onLost }, force),
      channel: (_name, onMessage) => this.#channel({ member, onMessage }),
    };
  }

  /** The tab is gone, and all that it held. */
  ended(member: Member): void {
    for (const listener of this.#listeners) {
      if (listener.member === member) this.#listeners.delete(listener);
    }
    for (const claim of [...this.#queue]) if (claim.member === member) this.#drop(claim);
    if (this.#holder?.member === member) this.#drop(this.#holder);
  }

  #lead(claim: Claim, force: boolean): () => void {
    const before = this.#holder;
    if (force && before !== undefined) {
      this.#holder = undefined;
      this.#tell(before, () => before.onLost());
    }
    this.#queue[force ? "unshift" : "push"](claim);
    this.#next();
    return () => this.#drop(claim);
  }

  #drop(claim: Claim): void {
    const at = this.#queue.indexOf(claim);
    if (at >= 0) this.#queue.splice(at, 1);
    if (this.#holder === claim) this.#holder = undefined;
    this.#next();
  }

  #next(): void {
    if (this.#holder !== undefined) return;
    const next = this.#queue.shift();
    this.#holder = next;
    if (next === undefined) return;
    this.leaders += 1;
    this.#tell(next, () => next === this.#holder && next.onLead());
  }

  #tell({ member }: Claim, call: () => void): void {
    this.#clock.after(0, () => member.run(call));
  }

  #channel(own: Listener): TabChannel {
    this.#listeners.add(own);
    return {
      post: (message) => {
        if (!own.member.isAlive || this.#listeners.size === 1) return;
        const copy: unknown = structuredClone(message);
        for (const other of this.#listeners) {
          if (other === own) continue;
          this.#clock.after(CHANNEL_MS, () => {
            if (this.#listeners.has(other)) other.member.run(() => other.onMessage(copy));
          });
        }
      },
      close: () => {
        this.#listeners.delete(own);
      },
    };
  }
}
