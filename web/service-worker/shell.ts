/** What the chat is made of, as one build left it. */
export interface Shell {
  /** Differs when any of it does. */
  readonly version: string;
  /** Digest of the page itself, as `integrity` has it. */
  readonly page: string;
  /** Paths of all else, e.g. `/assets/index-1a2b.js`. */
  readonly files: readonly string[];
}
