import { setTimeout as delay } from "node:timers/promises";
import { directConversation } from "../../protocol/ids.ts";
import { signIn } from "../../test/support/accounts.ts";
import { quantile } from "./bench-cases.ts";
import type { Device } from "./device.ts";
import { Stand } from "./stand.ts";
import { characterOf, Vocabulary, wordOf } from "./vocabulary.ts";

export interface SearchSpeed {
  readonly name: string;
  readonly query: string;
  readonly hits: number;
  /** Without whatever else the machine does. */
  readonly bestMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface SearchReport {
  readonly messages: number;
  /** The same round trip to an object that has next to nothing to look through. */
  readonly emptyP50Ms: number;
  readonly queries: readonly SearchSpeed[];
}

const MESSAGES = 100_000;
const FRAME_MESSAGES = 64;
const ROUNDS = 40;
const AIM_MS = 50;

/** How long a search takes over 100,000 messages of one user, asked over HTTP on this machine. */
export async function measureSearch(entry: string): Promise<SearchReport> {
  const stand = await Stand.open(entry);
  try {
    await stand.change({ rateBurst: 1_000_000, ratePerSecond: 1_000_000 });
    const user = stand.newUser("alice");
    const device = await stand.connect(user, "device-1");
    await fill(device);
    await device.close();
    const url = stand.server.url;
    const empty = await timed(url, stand.newUser("bob"), "nothing", `q=${wordOf(3)}`);
    const queries = [];
    for (const [name, query] of Object.entries(QUERIES)) {
      queries.push(await timed(url, user, name, query));
    }
    return { messages: device.accepted, emptyP50Ms: empty.p50Ms, queries };
  } finally {
    await stand.close();
  }
}

const QUERIES = {
  "a frequent word": `q=${wordOf(3)}`,
  "a rare word": `q=${wordOf(15_000)}`,
  "a beginning of many": `q=${wordOf(40).slice(0, 2)}`,
  "no such word": "q=zzzz",
  "three words": `q=${wordOf(3)}+${wordOf(9)}+${wordOf(30)}`,
  "a phrase": `q=%22${wordOf(1)}+${wordOf(2)}%22`,
  "two Chinese characters": `q=${characterOf(3)}${characterOf(20)}`,
  "one Chinese character": `q=${characterOf(100)}`,
  "a frequent word of nobody": `q=${wordOf(3)}&from=nobody`,
  "a frequent word, long ago": `q=${wordOf(3)}&before=1`,
} as const;

/** To oneself: one object that holds them all. */
async function fill(device: Device): Promise<void> {
  const texts = new Vocabulary();
  const notes = directConversation(device.user, device.user);
  while (device.counter < MESSAGES) {
    const bodies = Array.from(
      { length: Math.min(FRAME_MESSAGES, MESSAGES - device.counter) },
      () => ({ kind: "text", text: texts.text() }) as const,
    );
    device.tellAll(notes, bodies);
    await device.until(() => device.accepted === device.counter, "accepted");
  }
}

async function timed(url: string, user: string, name: string, query: string): Promise<SearchSpeed> {
  const headers = { authorization: `Bearer ${await signIn(url, user)}` };
  const took: number[] = [];
  let hits = 0;
  for (let round = 0; round <= ROUNDS; round += 1) {
    const startedAt = performance.now();
    const response = await fetch(`${url}/v1/search?${query}`, { headers });
    const body = (await response.json()) as { hits?: readonly unknown[] };
    if (body.hits === undefined) throw new Error(`refused: ${JSON.stringify(body)}`);
    hits = body.hits.length;
    // The first round warms up.
    if (round > 0) took.push(performance.now() - startedAt);
    await delay(5);
  }
  took.sort((a, b) => a - b);
  const [bestMs, p50Ms, p99Ms] = [0, 0.5, 0.99].map((share) => quantile(took, share));
  return { name, query, hits, bestMs: bestMs ?? 0, p50Ms: p50Ms ?? 0, p99Ms: p99Ms ?? 0 };
}

export function formatSearch({ messages, emptyP50Ms, queries }: SearchReport): string {
  const rows = queries.map(({ name, hits, bestMs, p50Ms, p99Ms }) => {
    const times = [bestMs, p50Ms, p99Ms].map((ms) => ms.toFixed(1));
    return [name, hits, ...times, p50Ms <= AIM_MS ? "holds" : "MISSED"].join(" | ");
  });
  return [
    `| search over ${messages} messages | hits in a page | best ms | p50 ms | p99 ms | p50 ≤ ${AIM_MS} ms |`,
    "| --- | --- | --- | --- | --- | --- |",
    ...rows.map((row) => `| ${row} |`),
    "",
    `The round trip included, which takes ${emptyP50Ms.toFixed(1)} ms where there is nothing to find.`,
  ].join("\n");
}
