import { type ClientStore, directConversation } from "../../client/index.ts";

export const USER = "alice";
const PEER = "bob";
export const CONVERSATION = directConversation(USER, PEER);

const BATCH = 5_000;
const BEGIN = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
const WORDS =
  "the ferry leaves at nine and we have not packed 船 九点 我们 还没 收拾 好 明天 見 ありがとう".split(
    " ",
  );

/** One to seventy words, as people write them; the same for the same number. */
function textOf(number: number): string {
  const length = 1 + ((number * 37) % 70) ** 2 / 70;
  return Array.from({ length }, (_, at) => WORDS[(number * 7 + at * at) % WORDS.length]).join(" ");
}

/** Fills an opened store with a conversation of so many messages, half of them one's own. */
export async function fill(store: ClientStore, count: number): Promise<void> {
  const epoch = await store.claim();
  for (let first = 1; first <= count; first += BATCH) {
    const length = Math.min(BATCH, count - first + 1);
    const entries = Array.from({ length }, (_, at) => ({ entry: entryAt(first + at) }));
    await store.apply({ epoch, entries, conversations: [rowUpTo(count)] });
  }
  await store.apply({ epoch, meta: { user: USER, stored: count, handled: count } });
}

function entryAt(number: number) {
  const from = number % 3 === 0 ? PEER : USER;
  return {
    seq: number,
    at: BEGIN + number * 3 * MINUTE_MS,
    conversation: CONVERSATION,
    number,
    from,
    id: `${from}:some-device:${number}`,
    priority: "normal" as const,
    body: { kind: "text" as const, text: textOf(number) },
  };
}

function rowUpTo(count: number) {
  return {
    conversation: CONVERSATION,
    head: count,
    at: BEGIN + count * 3 * MINUTE_MS,
    unread: 0,
    read: count,
    readTold: count,
    peerRouted: count,
    peerDelivered: count,
    peerRead: count,
    last: count,
    start: 1,
    ownCounter: 0,
  };
}
