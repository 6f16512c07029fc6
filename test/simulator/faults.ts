import { unit } from "../support/random.ts";
import type { FaultSite, Plan } from "./plan.ts";

/** Decides where a plan's faults strike, and remembers which did. */
export class Faults {
  readonly #plan: Plan;
  readonly #only: ReadonlySet<string> | undefined;
  readonly #taken = new Map<string, number>();
  /** Names of the decisions that were faults, in order. */
  readonly fired: string[] = [];
  #healed = false;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#only = plan.only === undefined ? undefined : new Set(plan.only);
  }

  /** From now on nothing breaks any more. */
  heal(): void {
    this.#healed = true;
  }

  get healed(): boolean {
    return this.#healed;
  }

  hit(site: FaultSite, target: string): boolean {
    const rate = this.#plan.rates[site];
    if (rate === undefined || this.#healed) return false;
    const key = `${site}:${target}`;
    const nth = this.#next(key);
    if (unit(this.#plan.seed, key, nth) >= rate) return false;
    const name = `${key}#${nth}`;
    if (this.#only !== undefined && !this.#only.has(name)) return false;
    this.fired.push(name);
    return true;
  }

  /** In [0, 1), for whatever is not a fault: delays, sizes, the engines' own chance. */
  unit(site: string): number {
    return unit(this.#plan.seed, site, this.#next(site));
  }

  /** A whole number from `min` to `max`. */
  between(site: string, min: number, max: number): number {
    return min + Math.floor(this.unit(site) * (max - min + 1));
  }

  #next(key: string): number {
    const nth = this.#taken.get(key) ?? 0;
    this.#taken.set(key, nth + 1);
    return nth;
  }
}
