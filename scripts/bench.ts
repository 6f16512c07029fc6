/** `npm run bench [-- --json]`: how fast, next to a floor of two bare objects in the same run. */
import { argv } from "node:process";
import { parseArgs } from "node:util";
import { formatBench, measureSpeed } from "./measure/bench-report.ts";
import { buildWorker } from "./measure/stand.ts";

const { values } = parseArgs({
  args: argv.slice(2),
  options: { json: { type: "boolean", default: false } },
});

const report = await measureSpeed(buildWorker());
console.log(values.json ? JSON.stringify(report, null, 2) : formatBench(report));
