import { useEffect, useMemo, useState } from "react";
import type { HistoryPage, MessageList } from "../../client/index.ts";
import { useSession } from "../session/session-context.ts";

export interface Older {
  readonly kind: "idle" | "loading" | "failed";
  retry(): void;
}

const PAGE = 50;
const NEAR_START = 8;

/** Fetches the page before, when the reader comes near the start of what is loaded. */
export function useOlder(conversation: string, list: MessageList, firstRow: number): Older {
  const { client } = useSession();
  const [kind, setKind] = useState<Older["kind"]>("idle");
  // A page of edits and reactions alone shows no message: the next one is asked from its start.
  const [low, setLow] = useState(Number.POSITIVE_INFINITY);
  const first = list.messages.find(({ number }) => number !== undefined)?.number;
  const before = Math.min(low, first ?? Number.POSITIVE_INFINITY);
  const wanted = list.more && firstRow < NEAR_START && kind === "idle";

  useEffect(() => {
    if (!wanted) return;
    setKind("loading");
    const page = Number.isFinite(before) ? { before, limit: PAGE } : { limit: PAGE };
    const take = ({ messages, more }: HistoryPage) => {
      if (messages.length === 0 && more && before > PAGE) setLow(before - PAGE);
      setKind("idle");
    };
    client.history(conversation, page).then(take, () => setKind("failed"));
  }, [client, conversation, wanted, before]);
  return useMemo(() => ({ kind, retry: () => setKind("idle") }), [kind]);
}
