/**
 * `npm run cost [-- --json] [-- --scale 1] [-- --only NAME]`: what messages cost, from the storage's own counters, on
 * a real workerd. `--scale 1` takes the time that it takes; by default a second is a tenth of one.
 */
import { argv } from "node:process";
import { parseArgs } from "node:util";
import { ALL_CASES, type CostReport, formatCosts, measureCosts } from "./measure/cost-report.ts";
import { buildWorker } from "./measure/stand.ts";

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    json: { type: "boolean", default: false },
    scale: { type: "string", default: "10" },
    /** One case; may be said more than once. */
    only: { type: "string", multiple: true, default: Object.keys(ALL_CASES) },
  },
});

const measured = values.only.map((name) => {
  const measure = ALL_CASES[name];
  if (measure === undefined) throw new Error(`no case ${name}: ${Object.keys(ALL_CASES)}`);
  return measure;
});
const report: CostReport = await measureCosts(Number(values.scale), buildWorker(), measured);
console.log(values.json ? JSON.stringify(report, null, 2) : formatCosts(report));
process.exitCode = report.cases.every((one) => one.rowsWritten <= one.budget) ? 0 : 1;
