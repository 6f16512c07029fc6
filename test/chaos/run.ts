/**
 * `npm run chaos [-- --short] [--json] [--only NAME] [--seed N] [--entry FILE]`: breaks the real
 * runtime in every way of faults and counts what is lost, duplicated, unexpected and recovered.
 */
import { parseArgs } from "node:util";
import buildWorker from "../support/build-worker.ts";
import { sdkDevice } from "../support/cast.ts";
import { type CaseResult, isClean, runSuite } from "./suite.ts";

/** The longest that what is closed may take to be gone. */
const ENDS_WITHIN_MS = 30_000;

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    seed: { type: "string", default: "1" },
    entry: { type: "string" },
  },
});

function print(result: CaseResult): void {
  const { name, messages, lost, duplicated, unexpected, recovered, seconds, findings } = result;
  const mark = isClean(result) ? "ok " : "RED";
  console.log(
    `${mark} ${name}: ${messages} messages, ${lost} lost, ${duplicated} duplicated, ` +
      `${unexpected} unexpected, ${recovered} recovered (${seconds.toFixed(1)} s)`,
  );
  for (const finding of findings) console.log(`    ${finding}`);
}

if (values.entry === undefined) buildWorker();
const cases = await runSuite({
  short: values.short,
  seed: Number(values.seed),
  make: sdkDevice,
  only: values.only,
  ...(values.entry === undefined ? {} : { entry: values.entry }),
  ...(values.json ? {} : { onResult: print }),
});
// Whatever a case leaves behind would keep this process for ever, without a word.
setTimeout(() => {
  console.error(`still running after the end: ${process.getActiveResourcesInfo().join(", ")}`);
  process.exit(1);
}, ENDS_WITHIN_MS).unref();
// Nothing is open any more. After this many sockets Node's own teardown has been seen to spin for ever.
process.once("beforeExit", () => process.exit());
if (values.json) console.log(JSON.stringify({ seed: Number(values.seed), cases }));
process.exitCode = cases.length > 0 && cases.every(isClean) ? 0 : 1;
