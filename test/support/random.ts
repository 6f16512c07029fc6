/**
 * Chance as a function: a decision depends on the seed, on where it is taken and on how many were
 * taken there before, never on a shared stream. So removing one operation from a plan leaves all
 * other decisions as they were.
 */

/** 32 well mixed bits for the n-th decision at `site`. */
export function hash(seed: number, site: string, nth: number): number {
  let state = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < site.length; index += 1) {
    state = Math.imul(state ^ site.charCodeAt(index), 0x01000193) >>> 0;
  }
  return avalanche(state ^ avalanche(nth + 0x9e3779b9));
}

/** The finaliser of MurmurHash3: every input bit moves every output bit. */
function avalanche(bits: number): number {
  let mixed = bits >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A number in [0, 1) for the n-th decision at `site`. */
export function unit(seed: number, site: string, nth: number): number {
  return hash(seed, site, nth) / 0x1_0000_0000;
}

/** Counts the decisions of each site, so that callers only name the site. */
export class Dice {
  readonly seed: number;
  readonly #taken = new Map<string, number>();

  constructor(seed: number) {
    this.seed = seed;
  }

  /** Dice of its own for a part of the plan: what is drawn there changes nothing here. */
  split(site: string): Dice {
    return new Dice(hash(this.seed, site, 0));
  }

  unit(site: string): number {
    const nth = this.#taken.get(site) ?? 0;
    this.#taken.set(site, nth + 1);
    return unit(this.seed, site, nth);
  }

  chance(site: string, probability: number): boolean {
    return this.unit(site) < probability;
  }

  /** A whole number from `min` to `max`, both included. */
  between(site: string, min: number, max: number): number {
    return min + Math.floor(this.unit(site) * (max - min + 1));
  }

  pick<Item>(site: string, items: readonly Item[]): Item {
    const item = items[this.between(site, 0, items.length - 1)];
    if (item === undefined) throw new Error(`nothing to pick from at ${site}`);
    return item;
  }
}
