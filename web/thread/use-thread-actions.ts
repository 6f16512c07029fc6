import { useMemo, useState } from "react";
import type { Message } from "../../client/index.ts";
import { useSession } from "../session/session-context.ts";
import { Amendments } from "./amendments.ts";
import { type Intent, type OpenMenu, type ThreadActions, WRITE } from "./thread-context.ts";

export function useThreadActions(conversation: string): ThreadActions {
  const { client } = useSession();
  const [intent, intend] = useState<Intent>(WRITE);
  const [menu, openMenu] = useState<OpenMenu>();
  const [forwarding, forward] = useState<Message>();
  const amendments = useMemo(() => new Amendments(client), [client]);
  return useMemo(
    () => ({ conversation, intent, menu, forwarding, amendments, intend, openMenu, forward }),
    [conversation, intent, menu, forwarding, amendments],
  );
}
