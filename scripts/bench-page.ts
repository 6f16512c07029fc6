/**
 * `npm run bench:page [-- --json] [--messages 100000]`: how long a long conversation takes to show,
 * how smoothly it scrolls, and whether what is read stays where it is.
 */
import { argv } from "node:process";
import { parseArgs } from "node:util";
import { measurePage, type PageBench } from "./measure/page-bench.ts";

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    json: { type: "boolean", default: false },
    messages: { type: "string", default: "100000" },
  },
});

const report = await measurePage(Number(values.messages));
console.log(values.json ? JSON.stringify(report, null, 2) : format(report));

function format(bench: PageBench): string {
  const { messages, openMs, mountMs, scroll, idle, workMs, fling, driftPx } = bench;
  const share = ({ slow, frames }: { slow: number; frames: number }) =>
    `${((100 * slow) / frames).toFixed(1)} %`;
  return [
    `${messages} messages`,
    `open from the store   ${median(openMs)} ms`,
    `mount with all loaded ${median(mountMs)} ms (at most 400)`,
    `slow frames           ${share(scroll)} scrolling, ${share(idle)} doing nothing (at most 1 %)`,
    `work per frame        ${workMs.toFixed(1)} ms`,
    `fling                 ${fling.p95Ms.toFixed(0)} ms p95, ${fling.blank} blank frames (0)`,
    `anchor drift          ${driftPx} px on prepend (at most 1)`,
  ].join("\n");
}

function median(durations: readonly number[]): number {
  return Math.round([...durations].sort((a, b) => a - b)[durations.length >> 1] ?? 0);
}
