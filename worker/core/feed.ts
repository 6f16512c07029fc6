/**
 * The feeder's half of the one idea (protocol/follow.ts has the follower's). A log is fed to a
 * follower in contiguous runs; what was sent is not delivered until the follower says it has it.
 * The same state serves a device that follows its user's timeline and a copy that follows its home.
 */
export interface Run {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
  /** When it was first and last sent, ms. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** Times sent. */
  readonly attempts: number;
}

export interface Feed {
  /** The follower has 1 … have. */
  readonly have: number;
  /** have + 1 … sent is under way, as `runs`, in order and without holes. */
  readonly sent: number;
  readonly runs: readonly Run[];
  /** When the oldest run is sent again; null while nothing is under way. */
  readonly retryAt: number | null;
}

/** More runs than this are joined at the end: the state must fit a socket's attachment. */
const MAX_RUNS = 64;

export function newFeed(have: number): Feed {
  return { have, sent: have, runs: [], retryAt: null };
}

export function inFlightBytes(feed: Feed): number {
  return feed.runs.reduce((sum, run) => sum + run.bytes, 0);
}

/** The run `sent + 1 … to` was just sent for the first time. */
export function sent(feed: Feed, to: number, bytes: number, now: number, retryAt: number): Feed {
  const run = { from: feed.sent + 1, to, bytes, firstAt: now, lastAt: now, attempts: 1 };
  return { ...feed, sent: to, runs: addRun(feed.runs, run), retryAt: feed.retryAt ?? retryAt };
}

function addRun(runs: readonly Run[], run: Run): Run[] {
  const last = runs.at(-1);
  if (last === undefined || runs.length < MAX_RUNS) return [...runs, run];
  return [...runs.slice(0, -1), { ...last, to: run.to, bytes: last.bytes + run.bytes }];
}

/** The oldest run was sent again. */
export function resent(feed: Feed, now: number, retryAt: number | null): Feed {
  const [oldest, ...rest] = feed.runs;
  if (oldest === undefined) return feed;
  const again = { ...oldest, attempts: oldest.attempts + 1, lastAt: now };
  return { ...feed, runs: [again, ...rest], retryAt };
}

/**
 * The follower says that it has everything up to `have`: returns the runs that this completes. A
 * run that is had in part keeps its rest. `retryAt` is the deadline of what is still under way.
 */
export function acked(feed: Feed, have: number, retryAt: number): { feed: Feed; done: Run[] } {
  if (have <= feed.have) return { feed, done: [] };
  const done: Run[] = [];
  const open: Run[] = [];
  for (const run of feed.runs) {
    if (run.from <= have) done.push({ ...run, to: Math.min(run.to, have) });
    if (run.to > have) open.push({ ...run, from: Math.max(run.from, have + 1) });
  }
  const moved = { have, sent: Math.max(feed.sent, have), runs: open };
  return { feed: { ...moved, retryAt: open.length === 0 ? null : retryAt }, done };
}

/** The follower asks to be fed from `have` on again; marks made from earlier acks stay. */
export function rewind(have: number): Feed {
  return newFeed(have);
}
