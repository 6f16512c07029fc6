/**
 * `npm run bench [-- --json] [-- --only search]`: how fast, next to a floor of two bare objects in
 * the same run; or how fast the search is over many messages.
 */
import { argv } from "node:process";
import { parseArgs } from "node:util";
import { formatBench, measureSpeed } from "./measure/bench-report.ts";
import { formatSearch, measureSearch } from "./measure/search-speed.ts";
import { buildWorker } from "./measure/stand.ts";

const { values } = parseArgs({
  args: argv.slice(2),
  options: { json: { type: "boolean", default: false }, only: { type: "string" } },
});
if (values.only !== undefined && values.only !== "search") throw new Error("--only search");

if (values.only === "search") {
  const report = await measureSearch(buildWorker());
  console.log(values.json ? JSON.stringify(report, null, 2) : formatSearch(report));
} else {
  const report = await measureSpeed(buildWorker());
  console.log(values.json ? JSON.stringify(report, null, 2) : formatBench(report));
}
