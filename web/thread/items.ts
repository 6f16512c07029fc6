import type { Message, MessageList } from "../../client/index.ts";
import { isNews } from "../groups/news.ts";
import { startOfDay } from "../text/formats.ts";

/** A row of the list. */
export type Item =
  | { readonly kind: "start"; readonly key: string; readonly more: boolean }
  | { readonly kind: "day"; readonly key: string; readonly at: number }
  | { readonly kind: "new"; readonly key: string }
  | {
      readonly kind: "message";
      readonly key: string;
      readonly message: Message;
      /** Begins a run of one sender. */
      readonly first: boolean;
    };

const RUN_MS = 5 * 60_000;

interface Laid {
  readonly divider: number | undefined;
  readonly items: readonly Item[];
}

/** A conversation that is opened again is as it was left: 100,000 messages take a while to go through. */
const laid = new WeakMap<MessageList, Laid>();

/** `divider`: what others sent beyond this number is new. */
export function itemsOf(list: MessageList, divider: number | undefined): readonly Item[] {
  const known = laid.get(list);
  if (known !== undefined && known.divider === divider) return known.items;
  const items = layOut(list, divider);
  laid.set(list, { divider, items });
  return items;
}

function layOut({ messages, more }: MessageList, divider: number | undefined): Item[] {
  const items: Item[] = [{ kind: "start", key: "start", more }];
  let before: Message | undefined;
  // With more unread than loaded, the line's place is not loaded either.
  const reaches = (messages[0]?.number ?? 1) <= (divider ?? 0) + 1 || !more;
  let divided = divider === undefined || !reaches;
  for (const message of messages) {
    const day = startOfDay(message.at);
    const newDay = before === undefined || startOfDay(before.at) !== day;
    if (newDay) items.push({ kind: "day", key: `day ${day}`, at: message.at });
    const newHere = !divided && !message.own && (message.number ?? 0) > (divider ?? 0);
    if (newHere) items.push({ kind: "new", key: "new" });
    divided ||= newHere;
    const first = newDay || newHere || before === undefined || !continues(before, message);
    items.push({ kind: "message", key: message.key, message, first });
    before = message;
  }
  return uniqueDays(items);
}

function continues(before: Message, message: Message): boolean {
  if (isNews(before)) return false;
  return before.from === message.from && message.at - before.at < RUN_MS;
}

/** A clock that was set back brings a day twice; keys must differ all the same. */
function uniqueDays(items: Item[]): Item[] {
  const seen = new Set<string>();
  return items.map((item) => {
    if (item.kind !== "day") return item;
    let { key } = item;
    while (seen.has(key)) key += "+";
    seen.add(key);
    return { ...item, key };
  });
}

/** What an item's message answers, when that is loaded. */
export function quotedBy(item: Item, { messages }: MessageList): Message | undefined {
  if (item.kind !== "message" || !("replyTo" in item.message.content)) return undefined;
  const { replyTo } = item.message.content;
  if (replyTo === undefined) return undefined;
  const at = lowerBound(messages, replyTo);
  return messages[at]?.number === replyTo ? messages[at] : undefined;
}

/** Numbers ascend; what has none yet stands at the end. */
function lowerBound(messages: readonly Message[], number: number): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((messages[middle]?.number ?? Number.POSITIVE_INFINITY) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
