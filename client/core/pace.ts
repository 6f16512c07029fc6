/** How often a quiet connection is tested, by what the app is doing and what this network bears. */
import type { LearnedHeartbeat } from "../store.ts";

export interface AppState {
  readonly page: boolean;
  readonly visible: boolean;
  readonly saving: boolean;
  /** Ms since somebody last used it; since it was hidden, when it is. */
  readonly sinceInputMs: number;
  readonly sinceHiddenMs: number;
}

export interface Pace {
  /** Quiet time before a ping. */
  readonly idleMs: number;
  /** How long its answer may take. */
  readonly deadlineMs: number;
  /** Successes and failures at this pace teach the network's interval. */
  readonly learns: boolean;
}

export const PACE = {
  inUseMs: 30_000,
  inUse: { idleMs: 7_000, deadlineMs: 2_500, learns: false },
  visible: { idleMs: 25_000, deadlineMs: 4_000, learns: false },
  /** Chrome runs timers of a hidden page once a minute. */
  hiddenMinMs: 60_000,
  hiddenDeadlineMs: 10_000,
  headless: { idleMs: 25_000, deadlineMs: 5_000, learns: false },
  /** Hidden for so long on a phone: not worth a radio's energy. */
  giveUpHiddenMs: 300_000,
} as const;

/** `disconnect`: keep no connection until the page is shown. */
export function paceOf(app: AppState, learnedMs: number): Pace | "disconnect" {
  if (!app.page) return PACE.headless;
  if (app.visible) return app.sinceInputMs < PACE.inUseMs ? PACE.inUse : PACE.visible;
  if (app.saving && app.sinceHiddenMs >= PACE.giveUpHiddenMs) return "disconnect";
  return {
    idleMs: Math.max(PACE.hiddenMinMs, learnedMs),
    deadlineMs: PACE.hiddenDeadlineMs,
    learns: true,
  };
}

export const LEARN = {
  startMs: 45_000,
  /** The edge cuts idle sockets after 60 to 100 s, so longer ones teach nothing. */
  maxMs: 90_000,
  minMs: 25_000,
  upMs: 15_000,
  downMs: 20_000,
  successes: 4,
  failures: 2,
  holdMs: 7 * 86_400_000,
  networks: 20,
} as const;

export interface Learning {
  readonly learned: LearnedHeartbeat;
  readonly successes: number;
  readonly failures: number;
}

export function startLearning(network: string, known: readonly LearnedHeartbeat[]): Learning {
  const found = known.find((one) => one.network === network);
  const learned = found ?? { network, intervalMs: LEARN.startMs, holdUntil: 0 };
  return { learned, successes: 0, failures: 0 };
}

/** After a failure it stays off the critical value for a week before it tries longer ones again. */
export function learn(learning: Learning, alive: boolean, wallNow: number): Learning {
  const { learned } = learning;
  if (alive) {
    const successes = learning.successes + 1;
    if (successes < LEARN.successes || wallNow < learned.holdUntil) {
      return { ...learning, successes, failures: 0 };
    }
    const intervalMs = Math.min(LEARN.maxMs, learned.intervalMs + LEARN.upMs);
    return { learned: { ...learned, intervalMs }, successes: 0, failures: 0 };
  }
  const failures = learning.failures + 1;
  if (failures < LEARN.failures) return { ...learning, successes: 0, failures };
  const intervalMs = Math.max(LEARN.minMs, learned.intervalMs - LEARN.downMs);
  const holdUntil = wallNow + LEARN.holdMs;
  return { learned: { ...learned, intervalMs, holdUntil }, successes: 0, failures: 0 };
}

/** The list to keep: the one just used first, the least recently used dropped. */
export function rememberLearned(
  known: readonly LearnedHeartbeat[],
  learned: LearnedHeartbeat,
): readonly LearnedHeartbeat[] {
  const others = known.filter((one) => one.network !== learned.network);
  return [learned, ...others].slice(0, LEARN.networks);
}
