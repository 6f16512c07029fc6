import { useEffect } from "react";
import { useUnread } from "../../client/react/index.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";

/** The number of unread messages in the window's title. */
export function useTitleBadge(): void {
  const { user } = useSession();
  const say = useSay();
  const unread = useUnread();
  useEffect(() => {
    const name = `${user} · ${say("appName")}`;
    document.title = unread > 0 ? `(${unread}) ${name}` : name;
  }, [unread, user, say]);
}
