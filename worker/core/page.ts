import type { Places } from "../../protocol/history.ts";

/** What lies beyond a page of history: older entries, and newer ones. */
export interface Ends {
  readonly more: boolean;
  readonly newer: boolean;
}

/** Where the page has nothing, since it was asked for beyond one end of the log. */
export function endsOfNothing({ before, after }: Places, oldest: number, newest: number): Ends {
  const isAny = newest >= oldest;
  return { more: isAny && after !== undefined, newer: isAny && before !== undefined };
}
