import {
  catchUp,
  type Figures,
  frameOf64,
  framesOf1,
  meet,
  oneAtATime,
  part,
  reconnect,
  retry,
  type Speed,
} from "./bench-cases.ts";
import { type GroupSpeed, groupSpeed } from "./group-speed.ts";
import { floorTrack, holdfastTrack, type Track } from "./track.ts";

export interface BenchReport {
  readonly floor: Figures;
  readonly holdfast: Figures & { readonly retry: { delayMs: number; recoveredAfterMs: number } };
  /** Ours by the floor's: of speeds as of times, and the aims. */
  readonly ratio: Readonly<Record<string, number>>;
  readonly aims: readonly {
    readonly name: string;
    readonly aim: string;
    readonly holds: boolean;
  }[];
  readonly groups: readonly GroupSpeed[];
  readonly notes: readonly string[];
}

/** Whatever else the machine does meets both: they take turns, and the median of the turns counts. */
const TURNS = 5;
const SINGLES = 300;
const FRAMES = 40;
const ROUNDS_OF_FRAMES = 10;
const RECONNECTS = 15;
const RETRY_DELAY_MS = 200;
const RETRIES = 9;
const AIMED_AT = 200;
/** As many with a device there as one machine bears beside the server. */
const LARGE = { members: 5_000, online: 200 } as const;

export async function measureSpeed(entry: string): Promise<BenchReport> {
  const floor = await floorTrack();
  const holdfast = await holdfastTrack(entry);
  try {
    const [floorTurns, ourTurns]: Figures[][] = [[], []];
    for (let turn = 0; turn <= TURNS; turn += 1) {
      const figures = [await measure(floor), await measure(holdfast)] as const;
      // The first turn warms up both.
      if (turn === 0) continue;
      floorTurns?.push(figures[0]);
      ourTurns?.push(figures[1]);
    }
    const groups = await groupSpeeds(holdfast);
    const recoveredAfterMs = await retry(holdfast, RETRY_DELAY_MS, RETRIES);
    const ours = {
      ...medianOf(ourTurns ?? []),
      retry: { delayMs: RETRY_DELAY_MS, recoveredAfterMs },
    };
    return compare(medianOf(floorTurns ?? []), ours, groups);
  } finally {
    await floor.stand.close();
    await holdfast.stand.close();
  }
}

async function measure(track: Track): Promise<Figures> {
  const pair = await meet(track);
  const figures = {
    oneAtATime: await oneAtATime(pair, SINGLES),
    frameOf64: await frameOf64(pair, FRAMES),
    framesOf1: await framesOf1(pair, ROUNDS_OF_FRAMES),
  };
  await part(pair);
  return {
    ...figures,
    catchUp10kMs: await catchUp(track),
    reconnectMs: await reconnect(track, RECONNECTS),
  };
}

function medianOf(turns: readonly Figures[]): Figures {
  const of = (pick: (figures: Figures) => number) => median(turns.map(pick));
  const speed = (pick: (figures: Figures) => Speed): Speed => ({
    messagesPerSecond: of((figures) => pick(figures).messagesPerSecond),
    p50Ms: of((figures) => pick(figures).p50Ms),
    p99Ms: of((figures) => pick(figures).p99Ms),
  });
  return {
    oneAtATime: speed((figures) => figures.oneAtATime),
    frameOf64: speed((figures) => figures.frameOf64),
    framesOf1: speed((figures) => figures.framesOf1),
    catchUp10kMs: Math.round(of((figures) => figures.catchUp10kMs)),
    reconnectMs: of((figures) => figures.reconnectMs),
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

async function groupSpeeds({ stand }: Track): Promise<GroupSpeed[]> {
  const copied = [await groupSpeed(stand, 10), await groupSpeed(stand, AIMED_AT)];
  // Those who are away never signed in, and its owner brings all of them at once.
  await stand.change({ recipients: "any", newConversationsPerDay: LARGE.members });
  return [...copied, await groupSpeed(stand, LARGE.members, LARGE.online)];
}

function compare(
  floor: Figures,
  holdfast: BenchReport["holdfast"],
  groups: readonly GroupSpeed[],
): BenchReport {
  const ratio = {
    oneAtATimeP50: share(holdfast.oneAtATime.p50Ms, floor.oneAtATime.p50Ms),
    oneAtATimeSpeed: share(
      holdfast.oneAtATime.messagesPerSecond,
      floor.oneAtATime.messagesPerSecond,
    ),
    frameOf64Speed: share(holdfast.frameOf64.messagesPerSecond, floor.frameOf64.messagesPerSecond),
    framesOf1Speed: share(holdfast.framesOf1.messagesPerSecond, floor.framesOf1.messagesPerSecond),
    catchUp10k: share(holdfast.catchUp10kMs, floor.catchUp10kMs),
    reconnect: share(holdfast.reconnectMs, floor.reconnectMs),
  };
  const aims = [
    { name: "frameOf64Speed", aim: "≥ 0.5 × floor", holds: ratio.frameOf64Speed >= 0.5 },
    { name: "oneAtATimeP50", aim: "≤ 1.25 × floor", holds: ratio.oneAtATimeP50 <= 1.25 },
    { name: "catchUp10kMs", aim: "≤ 1000 ms", holds: holdfast.catchUp10kMs <= 1_000 },
    ...groups
      .filter(({ members }) => members === AIMED_AT)
      .map(({ name, p99Ms }) => ({ name: `${name} p99`, aim: "≤ 250 ms", holds: p99Ms <= 250 })),
  ];
  return { floor, holdfast, ratio, aims, groups, notes: NOTES };
}

const NOTES = [
  "floor: two bare objects that insert one row each and pass the message on; no order, receipts or retries.",
  "Both in this run on this machine, in turns; medians of the turns. Rate limits are raised by policy.",
  "Time counts from sending until the recipient's device has it and the sender has its answer.",
  "Groups: from sending until the last device that is there has it; deliveries with 64 messages in flight.",
  "Beyond 200 members entries pass at most once in max(1 s, members / 2,000 s): that is the time of one.",
];

function share(ours: number, floor: number): number {
  return Number((ours / floor).toFixed(3));
}

export function formatBench(report: BenchReport): string {
  const { floor, holdfast, ratio, aims, groups, notes } = report;
  const speedLines = (["oneAtATime", "frameOf64", "framesOf1"] as const).flatMap((name) => [
    [`${name} msg/s`, floor[name].messagesPerSecond, holdfast[name].messagesPerSecond],
    [`${name} p50 ms`, floor[name].p50Ms, holdfast[name].p50Ms],
    [`${name} p99 ms`, floor[name].p99Ms, holdfast[name].p99Ms],
  ]);
  const { delayMs, recoveredAfterMs } = holdfast.retry;
  const rows = [
    ["", "floor", "holdfast"],
    ["---", "---", "---"],
    ...speedLines,
    ["catch-up of 10,000, ms", floor.catchUp10kMs, holdfast.catchUp10kMs],
    ["reconnect with one missed, ms", floor.reconnectMs, holdfast.reconnectMs],
    [`lost push, retry after ${delayMs} ms, ms`, "-", recoveredAfterMs],
  ];
  return [
    ...rows.map((cells) => `| ${cells.join(" | ")} |`),
    "",
    "| group | online | p50 ms | p99 ms | deliveries/s |",
    "| --- | --- | --- | --- | --- |",
    ...groups.map(
      ({ name, online, p50Ms, p99Ms, deliveriesPerSecond }) =>
        `| ${[name, online, p50Ms, p99Ms, deliveriesPerSecond].join(" | ")} |`,
    ),
    "",
    ...Object.entries(ratio).map(([name, value]) => `${name}: ${value} × floor`),
    ...aims.map(({ name, aim, holds }) => `${name} ${aim}: ${holds ? "holds" : "MISSED"}`),
    "",
    ...notes,
  ].join("\n");
}
