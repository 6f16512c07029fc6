import {
  burst,
  type CostCase,
  type CostRun,
  catchUp,
  extraDevice,
  idleHour,
  reconnect,
  single,
  steady,
} from "./cost-cases.ts";
import { group10, group200, group5000 } from "./group-costs.ts";
import { searchIndex } from "./search-cost.ts";
import { Stand } from "./stand.ts";

export interface CostReport {
  readonly cases: readonly CostCase[];
  readonly notes: readonly string[];
}

type Measure = (run: CostRun) => Promise<CostCase>;

/** What the tests measure as well, by name. */
export const USUAL_CASES: Readonly<Record<string, Measure>> = {
  "direct-3x3-steady": steady,
  "direct-3x3-burst100": burst,
  "direct-3x3-single": single,
  "extra-device": extraDevice,
  "idle-hour": idleHour,
  "reconnect-clean": reconnect,
  "catchup-10k": catchUp,
  "group-10": group10,
  "group-200": group200,
  "search-index": searchIndex,
};

/** Those as well that take long. */
export const ALL_CASES: typeof USUAL_CASES = { ...USUAL_CASES, "group-5000": group5000 };

/** Each case on a server of its own, so that none pays for another. */
export async function measureCosts(
  scale: number,
  entry?: string,
  measured: readonly Measure[] = Object.values(ALL_CASES),
): Promise<CostReport> {
  const cases: CostCase[] = [];
  for (const measure of measured) {
    const stand = await Stand.open(entry);
    try {
      cases.push(await measure({ stand, scale }));
    } finally {
      await stand.close();
    }
  }
  return { cases, notes: notesOn(scale) };
}

function notesOn(scale: number): string[] {
  return [
    "Everything counts: all users' objects, the group's, the statistics and the policy; rows by the storage's own counters.",
    scale === 1
      ? "Settings are the defaults; rate limits are raised."
      : `Time runs at 1:${scale}: all delays and coalescing windows of the policy are that much shorter, rate limits are raised.`,
    "activeSeconds is an estimate by the objects themselves, on this machine.",
  ];
}

const COLUMNS = [
  "rowsWritten",
  "statsRows",
  "rowsRead",
  "requests",
  "alarms",
  "frames",
  "activeSeconds",
] as const;

export function formatCosts({ cases, notes }: CostReport): string {
  const header = ["case", "per", ...COLUMNS, "$ per million", "rows: budget", "aim", ""];
  const rows = cases.map((one) => [
    one.name,
    one.per,
    ...COLUMNS.map((column) => one[column].toFixed(3)),
    one.usdPerMillion.toFixed(2),
    String(one.budget),
    one.aim === undefined ? "" : String(one.aim),
    one.rowsWritten <= one.budget ? "holds" : "EXCEEDED",
  ]);
  const table = [header, header.map(() => "---"), ...rows];
  return [
    ...table.map((cells) => `| ${cells.join(" | ")} |`),
    "",
    ...cases.map((one) => `${one.name}: ${one.about}.`),
    "",
    ...notes,
  ].join("\n");
}
