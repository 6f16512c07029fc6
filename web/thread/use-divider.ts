import { useEffect, useRef } from "react";
import { useConversation } from "../../client/react/index.ts";
import { useActive } from "../hooks/use-active.ts";

/**
 * Remembers how far was read when the conversation was opened, or when somebody last looked away,
 * so that the line above what is new stays where it is while it is being read.
 */
export function useDivider(
  conversation: string,
  divider: number | undefined,
  onDivider: (number: number | undefined) => void,
): void {
  const active = useActive();
  const opened = useRef(false);
  const { unread = 0, read = 0 } = useConversation(conversation) ?? {};
  useEffect(() => {
    const mayDivide = !opened.current || !active;
    opened.current = true;
    if (divider === undefined && unread > 0 && mayDivide) onDivider(read);
  }, [divider, unread, read, active, onDivider]);
}
