import { useEffect, useRef, useState } from "react";
import type { HoldfastClient, MessageList } from "../../client/index.ts";
import { useNavigation } from "../route/use-route.ts";
import { useSession } from "../session/session-context.ts";

const PAGE = 200;

/**
 * Goes to the message that the address names, once: what lies between it and what is loaded is
 * fetched first. Then the address names the conversation alone.
 */
export function useJump(
  conversation: string,
  list: MessageList,
  jumpTo: (number: number) => boolean,
): void {
  const { client } = useSession();
  const { route, replace } = useNavigation();
  const { at } = route;
  const [reached, setReached] = useState<number>();
  const first = useRef<number>(undefined);
  first.current = list.messages.find(({ number }) => number !== undefined)?.number;

  useEffect(() => {
    if (at === undefined) return;
    let isCurrent = true;
    loadBackTo(client, conversation, at, first.current)
      // Without a network the nearest that is here is shown.
      .catch(() => {})
      .finally(() => isCurrent && setReached(at));
    return () => {
      isCurrent = false;
    };
  }, [client, conversation, at]);

  useEffect(() => {
    if (at === undefined || reached !== at) return;
    jumpTo(at);
    setReached(undefined);
    const { at: _, ...rest } = route;
    replace(rest);
  }, [at, reached, route, jumpTo, replace]);
}

/** A page of edits and reactions alone shows no message: the next one is asked from its start. */
async function loadBackTo(
  client: HoldfastClient,
  conversation: string,
  at: number,
  first: number | undefined,
): Promise<void> {
  let low = first ?? Number.POSITIVE_INFINITY;
  while (low > at) {
    const from = Number.isFinite(low) ? { before: low } : {};
    const { messages, more } = await client.history(conversation, { ...from, limit: PAGE });
    if (!more) return;
    low = messages[0]?.number ?? low - PAGE;
    if (!Number.isFinite(low)) return;
  }
}
