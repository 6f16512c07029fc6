/**
 * `npm run bench:sdk [-- --json]`: what a person waits for in a page with the SDK, in Chromium
 * against a real server: a message that is kept, what was missed, a tab that takes over.
 */
import { argv } from "node:process";
import { measureSdk, type SdkBench } from "./measure/sdk-bench.ts";

const report = await measureSdk();
console.log(argv.includes("--json") ? JSON.stringify(report) : format(report));

function format({ queuedMs, catchUps, closedMs, frozenMs }: SdkBench): string {
  const ms = (value: number) => `${value.toFixed(value < 100 ? 1 : 0)} ms`;
  return [
    `queued             ${ms(queuedMs.p50)} p50, ${ms(queuedMs.p95)} p95 (at most 10)`,
    ...catchUps.map(
      ({ messages, tookMs, longestTaskMs }) =>
        `${messages} missed`.padEnd(19) +
        `${ms(tookMs)}, at most ${ms(longestTaskMs)} without an answer to the user`,
    ),
    `leader closed      ${ms(closedMs.p50)} p50, ${ms(closedMs.p95)} p95 (at most 1,000)`,
    `leader frozen      ${ms(frozenMs.p50)} p50, ${ms(frozenMs.max)} at most (3,000)`,
  ].join("\n");
}
