import { useEffect, useRef } from "react";
import type { Message } from "../../client/index.ts";
import { useActive } from "../hooks/use-active.ts";
import { useSession } from "../session/session-context.ts";

const LOOK_MS = 1_000;

/** Marks as read what was in view for a second in a window in use, and still is. */
export function useReadMarks(conversation: string, visible: readonly Message[]): void {
  const { client } = useSession();
  const looking = useActive();
  const numbers = visible.flatMap(({ number }) => (number === undefined ? [] : [number]));
  const newest = numbers.at(-1);
  const inView = useRef<readonly number[]>(numbers);
  inView.current = numbers;
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());

  useEffect(() => {
    if (!looking || newest === undefined) return;
    const timer = setTimeout(() => {
      timers.current.delete(timer);
      const readUpTo = client.conversations.get().find(({ id }) => id === conversation)?.read ?? 0;
      if (!inView.current.includes(newest) || newest <= readUpTo) return;
      // The store is gone only when the session is: the mark is made anew when it is back.
      client.markRead(conversation, newest).catch(() => undefined);
    }, LOOK_MS);
    timers.current.add(timer);
  }, [client, conversation, newest, looking]);

  useEffect(() => {
    if (looking) return;
    for (const timer of timers.current) clearTimeout(timer);
    timers.current.clear();
  }, [looking]);
  useEffect(() => () => timers.current.forEach(clearTimeout), []);
}
