/**
 * `npm run demo-traffic [-- --url URL --people 24 --minutes 5]`: simulated people talk through a
 * running server in development, some over broken networks and with old apps, so that the console
 * at /ops has something true to show.
 */
import { parseArgs } from "node:util";
import type { Tally } from "./traffic/person.ts";
import { runTraffic } from "./traffic/run.ts";

const USAGE =
  "Usage: npm run demo-traffic -- [--url http://localhost:8787] [--people 24] [--minutes 5]";
const TALK_MS = 5_000;
const REPORT_MS = 10_000;

function refuse(message: string): never {
  console.error(`${message}\n${USAGE}`);
  process.exit(2);
}

function readArguments(): { url: string; people: number; minutes: number } {
  try {
    const { values } = parseArgs({
      options: {
        url: { type: "string", default: "http://localhost:8787" },
        people: { type: "string", default: "24" },
        minutes: { type: "string", default: "5" },
      },
    });
    const people = Number(values.people);
    const minutes = Number(values.minutes);
    if (!Number.isInteger(people) || people < 3 || people > 500) {
      return refuse("--people takes a whole number from 3 to 500.");
    }
    if (!(minutes > 0 && minutes <= 24 * 60)) return refuse("--minutes takes up to 1440.");
    return { url: values.url.replace(/\/+$/, ""), people, minutes };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

async function ensureDevelopment(url: string): Promise<void> {
  const limits = await fetch(`${url}/v1/limits`).then(
    (response) => response.json() as Promise<{ development?: boolean }>,
    () => undefined,
  );
  if (limits === undefined) refuse(`No server answers at ${url}: start one with npm start.`);
  if (limits.development !== true) {
    refuse(`The server at ${url} does not run for development: its people are real.`);
  }
}

const { url, people, minutes } = readArguments();
await ensureDevelopment(url);
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());
setTimeout(() => stop.abort(), minutes * 60_000).unref();

const tally: Tally = { sent: 0, received: 0, dropped: 0 };
console.log(`${people} people talk for ${minutes} min. Watch them at ${url}/ops`);
const report = () => {
  const { sent, received, dropped } = tally;
  console.log(`${sent} sent, ${received} received, ${dropped} connections lost`);
};
const reporting = setInterval(report, REPORT_MS);
await runTraffic({ url, people, talkMs: TALK_MS }, tally, stop.signal);
clearInterval(reporting);
report();
