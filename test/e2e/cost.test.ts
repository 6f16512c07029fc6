import { beforeAll, expect, test } from "vitest";
import type { CostCase } from "../../scripts/measure/cost-cases.ts";
import { measureCosts, USUAL_CASES } from "../../scripts/measure/cost-report.ts";

const MEASURING_MS = 400_000;
/** Of all rows, those of the statistics per message. */
const STATS_ROWS = 0.1;

let cases: readonly CostCase[];

beforeAll(async () => {
  cases = (await measureCosts(10, undefined, Object.values(USUAL_CASES))).cases;
}, MEASURING_MS);

test("the rows that are written stay within the budgets", () => {
  const over = cases.filter(({ rowsWritten, budget }) => rowsWritten > budget);
  expect(over.map(({ name, rowsWritten, budget }) => ({ name, rowsWritten, budget }))).toEqual([]);
  expect(cases.map(({ name }) => name)).toEqual([
    "direct-3x3-steady",
    "direct-3x3-burst100",
    "direct-3x3-single",
    "extra-device",
    "idle-hour",
    "reconnect-clean",
    "catchup-10k",
    "group-10",
    "group-200",
    "search-index",
  ]);
});

test("a message is counted at all: it can't cost less than its two rows", () => {
  for (const { name, rowsWritten } of cases) {
    if (name.startsWith("direct-")) expect(rowsWritten, name).toBeGreaterThanOrEqual(2);
  }
});

test("a message to a group is counted for every member", () => {
  for (const { name, rowsWritten } of cases) {
    if (/^group-(10|200)$/.test(name)) expect(rowsWritten, name).toBeGreaterThan(1);
  }
});

test("statistics cost a tenth of a row per message at most", () => {
  for (const { name, statsRows } of cases) {
    if (name.startsWith("direct-")) expect(statsRows, name).toBeLessThanOrEqual(STATS_ROWS);
  }
});

test("an idle device wakes nobody", () => {
  const idle = cases.find(({ name }) => name === "idle-hour");
  expect(idle).toMatchObject({ requests: 0, alarms: 0, frames: 0, rowsRead: 0 });
});
