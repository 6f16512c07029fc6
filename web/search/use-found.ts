import { useEffect, useState } from "react";
import type { SearchHit, SearchOptions } from "../../client/index.ts";
import { useSession } from "../session/session-context.ts";

export interface Found {
  readonly kind: "loading" | "loaded" | "failed";
  readonly hits: readonly SearchHit[];
  /** Fetches the next page; absent when there is none. */
  readonly more?: () => void;
}

/** The person may still be typing. */
const PAUSE_MS = 250;

/** What the server finds for `query`; the answer to an older question never replaces a newer one. */
export function useFound(query: string, options: Pick<SearchOptions, "conversation" | "hasFile">) {
  const { client } = useSession();
  const { conversation, hasFile } = options;
  const [found, setFound] = useState<Found>({ kind: "loading", hits: [] });

  useEffect(() => {
    let isCurrent = true;
    const filters = {
      ...(conversation === undefined ? {} : { conversation }),
      ...(hasFile === true ? { hasFile } : {}),
    };
    const fetch = async (before: readonly SearchHit[], page?: string) => {
      setFound({ kind: "loading", hits: before });
      try {
        const asked = page === undefined ? filters : { ...filters, page };
        const { hits, next } = await client.search(query, asked);
        if (!isCurrent) return;
        const all = [...before, ...hits];
        const more = next === undefined ? {} : { more: () => void fetch(all, next) };
        setFound({ kind: "loaded", hits: all, ...more });
      } catch {
        if (isCurrent)
          setFound({ kind: "failed", hits: before, more: () => void fetch(before, page) });
      }
    };
    const timer = setTimeout(() => void fetch([]), PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [client, query, conversation, hasFile]);
  return found;
}
