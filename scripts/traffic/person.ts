/** One simulated person with the real SDK: talks, listens, and has the troubles of a habit. */
import { setTimeout as delay } from "node:timers/promises";
import { directConversation, HoldfastClient, memoryStore } from "../../client/index.ts";
import { nodePlatform } from "../../client/platform/node.ts";
import { type Conditions, FaultyNetwork } from "./faulty-network.ts";
import { between, type Habit } from "./habits.ts";
import { signIn } from "./sign-in.ts";

export interface PersonOptions {
  readonly url: string;
  readonly user: string;
  /** Told to the server as the device's platform. */
  readonly platform: string;
  readonly friends: readonly string[];
  readonly habit: Habit;
  /** Mean time between two messages, in ms; absent: only listens. */
  readonly talkMs?: number;
}

export interface Tally {
  sent: number;
  received: number;
  dropped: number;
}

const FAIR: Conditions = { ackLoss: 0, answerLoss: 0 };

const CONDITIONS: Readonly<Record<Habit, Conditions>> = {
  steady: FAIR,
  flaky: { ...FAIR, answerLoss: 0.15 },
  // Some of it beyond the first retry after 10 s.
  slow: { ...FAIR, ackDelayMs: () => between(500, 16_000) },
  lossy: { ...FAIR, ackDelayMs: () => 0, ackLoss: 0.8 },
  sleepy: FAIR,
  clumsy: FAIR,
};

const LINES = [
  "Are you there?",
  "On my way, ten minutes.",
  "Did you see the numbers?",
  "Lunch at noon?",
  "The train is late again.",
  "Sounds good to me.",
  "I sent you the draft.",
  "谢谢！",
  "👍",
  "Let us talk tomorrow.",
];

/** Runs until it is told to stop; resolves when all of it has ended. */
export async function live(
  options: PersonOptions,
  tally: Tally,
  stopped: AbortSignal,
): Promise<void> {
  const network = new FaultyNetwork(CONDITIONS[options.habit]);
  const client = new HoldfastClient({
    url: options.url,
    user: options.user,
    token: () => signIn(options.url, options.user),
    app: { name: "demo-traffic", version: "1.0.0" },
    store: memoryStore(),
    platform: network.wrap(nodePlatform(), options.platform),
    onRejected: "drop",
  });
  client.onMessage(() => {
    tally.received += 1;
  });
  await client.connect();
  await Promise.all([
    talk(client, options, tally, stopped),
    suffer(network, options.habit, tally, stopped),
  ]);
  await client.close();
}

async function talk(
  client: HoldfastClient,
  { user, friends, habit, talkMs }: PersonOptions,
  tally: Tally,
  stopped: AbortSignal,
): Promise<void> {
  if (talkMs === undefined) return;
  while (await pause(between(0.3 * talkMs, 1.7 * talkMs), stopped)) {
    const friend = pick(friends);
    if (friend === undefined) return;
    const conversation = directConversation(user, friend);
    const words = Math.random() < 0.2 ? 3 : 1;
    for (let said = 0; said < words; said += 1) {
      tally.sent += 1;
      settle(client.send(conversation, pick(LINES) ?? "").accepted);
    }
    // Nobody may edit what another has written: the server refuses it.
    if (habit === "clumsy") settle(client.edit(conversation, 1, "mine now").accepted);
    const { head = 0 } = client.conversations.get().find(({ id }) => id === conversation) ?? {};
    if (head > 0) await client.markRead(conversation, head);
  }
}

/** What becomes of a message is the console's to show. */
function settle(accepted: Promise<unknown>): void {
  accepted.catch(() => undefined);
}

async function suffer(
  network: FaultyNetwork,
  habit: Habit,
  tally: Tally,
  stopped: AbortSignal,
): Promise<void> {
  if (habit === "flaky") {
    while (await pause(between(10_000, 30_000), stopped)) {
      tally.dropped += 1;
      network.drop();
    }
  } else if (habit === "sleepy") {
    while (await pause(between(10_000, 25_000), stopped)) {
      tally.dropped += 1;
      network.setOnline(false);
      await pause(between(10_000, 40_000), stopped);
      network.setOnline(true);
    }
  }
}

/** False when it is over. */
export async function pause(ms: number, stopped: AbortSignal): Promise<boolean> {
  if (stopped.aborted) return false;
  try {
    await delay(ms, undefined, { signal: stopped });
    return true;
  } catch {
    return false;
  }
}

function pick<Value>(values: readonly Value[]): Value | undefined {
  return values[Math.floor(Math.random() * values.length)];
}
