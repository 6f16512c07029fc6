/** Runs in the pages of `npm run bench:sdk`: the SDK as an app has it, and a stopwatch beside it. */
import { HoldfastClient } from "../../client/index.ts";
import { signIn } from "../../test/support/accounts.ts";

export interface CaughtUp {
  /** From `connect()` until the app's handler has had the last message. */
  readonly tookMs: number;
  /** For so long the page answered nobody; 0: never for as long as 50 ms. */
  readonly longestTaskMs: number;
}

declare global {
  interface Window {
    connect(): Promise<void>;
    /** How long each of `count` messages took from `send()` until it was queued. */
    queued(to: string, count: number): Promise<number[]>;
    catchUp(messages: number): Promise<CaughtUp>;
    /** Wall clock when this tab first led and was live on a socket of its own. */
    leadsSince: number | undefined;
  }
}

const PAUSE_MS = 10;

const user = new URLSearchParams(location.search).get("user") ?? "";
const url = location.origin;
const client = new HoldfastClient({ url, user, token: () => signIn(url, user) });
// What an app shows all the time.
client.conversations.subscribe(() => {});

// What it shows when it begins to lead is still the connection of the leader before it.
let isOwn = false;
client.connection.subscribe(() => {
  const { leader, state } = client.connection.get();
  if (leader && state.kind !== "live") isOwn = true;
  if (isOwn && state.kind === "live") window.leadsSince ??= Date.now();
});

window.connect = async () => {
  const live = new Promise<void>((resolve) => {
    const look = () => client.connection.get().state.kind === "live" && resolve();
    client.connection.subscribe(look);
  });
  await client.connect();
  await live;
};

window.queued = async (to, count) => {
  const took: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const startedAt = performance.now();
    await client.send(to, `message ${index}`).queued;
    took.push(performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return took;
};

window.catchUp = async (messages) => {
  let longestTaskMs = 0;
  const tasks = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration);
  });
  tasks.observe({ type: "longtask" });
  const handled = new Promise<void>((resolve) => {
    let left = messages;
    client.onMessage(() => {
      left -= 1;
      if (left === 0) resolve();
    });
  });
  const startedAt = performance.now();
  await client.connect();
  await handled;
  const tookMs = performance.now() - startedAt;
  // The task that this ran in is told after its end.
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  tasks.disconnect();
  return { tookMs, longestTaskMs };
};
