import { useCallback, useEffect, useState } from "react";
import type { Message } from "../../client/index.ts";
import { useSession } from "../session/session-context.ts";
import { addressOf } from "./addresses.ts";

export interface Address {
  readonly url: string | undefined;
  readonly isLost: boolean;
  retry(): void;
}

/** The bytes of a message's file, or of its thumbnail, as an address for an element. */
export function useAddress(message: Message, size: "small" | "whole"): Address {
  const { client } = useSession();
  const [url, setUrl] = useState<string>();
  const [isLost, setLost] = useState(false);
  useEffect(() => {
    if (isLost) return;
    let isCurrent = true;
    addressOf(client, message, size).then(
      (address) => isCurrent && setUrl(address),
      () => isCurrent && setLost(true),
    );
    return () => {
      isCurrent = false;
    };
  }, [client, message, size, isLost]);
  return { url, isLost, retry: useCallback(() => setLost(false), []) };
}
