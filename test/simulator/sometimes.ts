/** What only groups with one log for all bring about. */
const IN_LARGE_GROUPS = [
  "log passed live",
  "head of a log told",
  "page of a log fetched",
  "gap in a passed log",
  "group grew large",
  "group grew small",
] as const;

/**
 * What must happen now and then for a batch of seeds to prove anything. A counter that stays at
 * zero over a whole batch fails it.
 */
export const SOMETIMES = [
  "retry",
  "duplicate refused",
  "conflict",
  "gap",
  "page cut",
  "reset",
  "session replaced",
  "late frame of a replaced session",
  "crash before commit",
  "crash after commit",
  "effects partly done",
  "statement failed",
  "woken from hibernation",
  "recall before delivery",
  "edit",
  "recall",
  "reaction",
  "alarm late",
  "alarm twice",
  "alarm cut off",
  "window full",
  "home unreachable",
  "promised without a number",
  "promise failed",
  "append replayed",
  "append crossing replicate",
  "replicate repeated",
  "call executed after its deadline",
  "flush lost",
  "given up",
  "ticket used twice",
  "device that can't ack",
  "device revoked",
  "placeholder",
  "urgent ahead",
  "rate limited",
  "token renewed",
  "clock set",
  "arranged",
  "draft taken over",
  "kept out",
  "checkpoint",
  "client crashed before its ack",
  "kept aside",
  "another tab led",
  "member went",
  "member came back",
  ...IN_LARGE_GROUPS,
  "promise told to its caller",
  "send refused to its caller",
] as const;

export const WITH_LARGE: ReadonlySet<string> = new Set(IN_LARGE_GROUPS);

export type Sometimes = (typeof SOMETIMES)[number];

export class Counters {
  readonly #counts = new Map<Sometimes, number>();

  note(name: Sometimes, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  toJson(): Record<string, number> {
    return Object.fromEntries(SOMETIMES.map((name) => [name, this.#counts.get(name) ?? 0]));
  }
}
