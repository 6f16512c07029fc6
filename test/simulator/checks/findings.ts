/** What a broken invariant means for those who sent and read. */
export type Harm = "lost" | "duplicated" | "reordered" | "unexpected";

export interface Violation {
  /** As numbered in the list of invariants: S1, L2, B4 … */
  readonly invariant: string;
  readonly harm: Harm;
  readonly text: string;
  readonly atMs: number;
}

/** Collects violations; a run ends at the first. */
export class Findings {
  readonly violations: Violation[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(invariant: string, harm: Harm, text: string): void {
    this.violations.push({ invariant, harm, text, atMs: this.#now() });
  }

  get any(): boolean {
    return this.violations.length > 0;
  }
}
