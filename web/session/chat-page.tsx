import { useRef } from "react";
import { DrawerHost } from "../drawer/drawer-host.tsx";
import { useAnnouncements } from "../hooks/use-announcements.ts";
import { useChatShortcuts } from "../hooks/use-chat-shortcuts.ts";
import { useTitleBadge } from "../hooks/use-title-badge.ts";
import { Rail } from "../rail/rail.tsx";
import { useNavigation } from "../route/use-route.ts";
import { lazyPart } from "../text/lazy-part.tsx";
import { useSay } from "../text/text-context.ts";
import { NothingChosen } from "../thread/nothing-chosen.tsx";
import { Thread } from "../thread/thread.tsx";
import { useSession } from "./session-context.ts";

const Lab = lazyPart(() => import("../lab/lab.tsx"));

export function ChatPage() {
  const { route } = useNavigation();
  const { user, faults } = useSession();
  const say = useSay();
  const search = useRef<HTMLInputElement>(null);
  useChatShortcuts(search);
  useAnnouncements();
  useTitleBadge();
  const { conversation, panel } = route;
  return (
    <div className="chat">
      <main className="panes" data-pane={conversation === undefined ? "rail" : "thread"}>
        <h1 className="hidden">{`${user} · ${say("appName")}`}</h1>
        <Rail search={search} />
        <div className="middle">
          {route.lab && faults !== undefined && <Lab faults={faults} />}
          {conversation === undefined ? (
            <NothingChosen />
          ) : (
            <Thread key={conversation} conversation={conversation} />
          )}
        </div>
      </main>
      {panel !== undefined && <DrawerHost panel={panel} />}
    </div>
  );
}
