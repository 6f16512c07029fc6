/**
 * Which tab leads. The lock says who does; the leader's beats say whether it still runs, for a
 * frozen tab keeps its lock. Times are monotonic ms of the tab that watches.
 */
export const TABS = {
  /** A leader shows this often that it runs. */
  beatMs: 1_000,
  /** A visible tab takes over from a leader silent for this long. */
  silentMs: 2_500,
} as const;

export interface Watch {
  readonly leads: boolean;
  readonly visible: boolean;
  /** When the leader was last heard; when the watch began, at first. */
  readonly heardAt: number;
}

export type WatchStep =
  | { readonly kind: "beat" }
  | { readonly kind: "take-over" }
  | { readonly kind: "wait"; readonly delayMs: number };

/** `slept`: this tab's own timer was late, so the leader's silence says nothing. */
export function watchLeader(watch: Watch, now: number, slept: boolean): WatchStep {
  if (watch.leads) return { kind: "beat" };
  if (!watch.visible || slept) return { kind: "wait", delayMs: TABS.beatMs };
  const left = watch.heardAt + TABS.silentMs - now;
  return left <= 0 ? { kind: "take-over" } : { kind: "wait", delayMs: left };
}
