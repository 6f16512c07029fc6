import { useEffect, useMemo, useRef, useState } from "react";
import type { MessageList } from "../../client/index.ts";
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
  const busy = useRef(false);
  const before = list.messages.find(({ number }) => number !== undefined)?.number;
  const wanted = list.more && firstRow < NEAR_START && kind !== "failed";

  useEffect(() => {
    if (!wanted || busy.current) return;
    busy.current = true;
    setKind("loading");
    const page = before === undefined ? { limit: PAGE } : { before, limit: PAGE };
    client
      .history(conversation, page)
      .then(
        () => setKind("idle"),
        () => setKind("failed"),
      )
      .finally(() => {
        busy.current = false;
      });
  }, [client, conversation, wanted, before]);
  return useMemo(() => ({ kind, retry: () => setKind("idle") }), [kind]);
}
