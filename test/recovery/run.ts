/**
 * `npm run recovery [-- --json] [-- --rounds 3]`: what an interruption costs a device with the real
 * SDK, by cause: until it is live again, and until the last message it missed is stored.
 */
import { parseArgs } from "node:util";
import buildWorker from "../support/build-worker.ts";
import { Stage } from "../support/stage.ts";
import { CAUSES } from "./causes.ts";
import { measure, type Recovery, summary } from "./measure.ts";
import { MOVES, measureNetworkChange, type NetworkChange } from "./network-change.ts";

/** Retries and windows as in a deploy: what is measured is the client. */
const SETTINGS = { connectsPerMinute: 1_000, rateBurst: 100_000, ratePerSecond: 100_000 };

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "3" },
    only: { type: "string", default: "" },
  },
});

buildWorker();
const stage = await Stage.open(SETTINGS);
const cases: Recovery[] = [];
for (const [index, cause] of CAUSES.entries()) {
  if (!cause.name.includes(values.only)) continue;
  const rounds: Recovery[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    rounds.push(await measure(stage, cause, `recovery-${index}-${round}`));
  }
  const result = summary(rounds);
  cases.push(result);
  if (!values.json) print(result);
}
const networkChanges: NetworkChange[] = [];
for (const [name, move] of Object.entries(MOVES)) {
  if (!name.includes(values.only)) continue;
  const result = await measureNetworkChange(stage.server.url, name, move);
  networkChanges.push(result);
  if (!values.json) printChange(result);
}
await stage.close();
if (values.json) console.log(JSON.stringify({ cases, networkChanges }));
const found = cases.length + networkChanges.length;
process.exitCode = found > 0 && cases.every(isClean) ? 0 : 1;

function isClean(one: Recovery): boolean {
  const isHarmless = CAUSES.some(({ name, isHarmless }) => name === one.name && isHarmless);
  const needless = isHarmless ? one.reconnects + one.retriedPushes : 0;
  return one.lost + one.duplicated + one.reordered + needless === 0;
}

function print(one: Recovery): void {
  console.log(
    `${one.name}: live after ${one.toLiveMs} ms, last message after ${one.toLastStoredMs} ms, ` +
      `${one.lost} lost, ${one.duplicated} duplicated, ${one.reordered} reordered ` +
      `(${one.reconnects} reconnects, ${one.retriedPushes} entries frames pushed again)`,
  );
}

function printChange({ name, changes, p50Ms, p99Ms }: NetworkChange): void {
  console.log(`${name}: live after ${p50Ms} ms p50, ${p99Ms} ms p99 (${changes} changes)`);
}
