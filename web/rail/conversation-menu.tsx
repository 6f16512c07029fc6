import { useLayoutEffect, useRef, useState } from "react";
import { type Conversation, FOREVER, peerOf } from "../../client/index.ts";
import { useBlocked, useConversation } from "../../client/react/index.ts";
import { Icon, type IconName } from "../kit/icon.tsx";
import { Menu } from "../kit/menu.tsx";
import { placeBeside } from "../kit/place-beside.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import type { RowMenu } from "./conversation-row.tsx";
import { isMuted, isUnread } from "./filters.ts";
import { FoldersDialog } from "./folders-dialog.tsx";

const MUTE_MS = 8 * 3_600_000;

interface ConversationMenuProps extends RowMenu {
  readonly onClose: () => void;
}

// lazy() takes a module's default.
/** How a conversation is arranged, for oneself and on all devices. */
export default function ConversationMenu({ id, at, onClose }: ConversationMenuProps) {
  const say = useSay();
  const { client, user } = useSession();
  const peer = peerOf(id, user);
  const isBlocked = useBlocked().includes(peer ?? "");
  const conversation = useConversation(id);
  const [filing, setFiling] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (place.current !== null) placeBeside(place.current, at, true);
  }, [at]);
  if (conversation === undefined) return null;
  if (filing) return <FoldersDialog conversation={conversation} onClose={onClose} />;

  const { pinned, archived } = conversation;
  const unread = isUnread(conversation);
  const muted = isMuted(conversation, Date.now());
  const read = ({ head, markedUnread }: Conversation) =>
    markedUnread ? client.markUnread(id, false) : client.markRead(id, head);
  const item = (icon: IconName, text: string, act: () => Promise<void>) => (
    <button
      type="button"
      role="menuitem"
      onClick={() => {
        onClose();
        // The store is gone only when the session is.
        act().catch(() => undefined);
      }}
    >
      <Icon name={icon} /> {text}
    </button>
  );
  return (
    <div ref={place} className="menu-place">
      <Menu label={say("actions")} onClose={onClose}>
        {item("pin", say(pinned ? "unpin" : "pin"), () => client.pin(id, !pinned))}
        {item("unread", say(unread ? "markRead" : "markUnread"), () =>
          unread ? read(conversation) : client.markUnread(id),
        )}
        {muted
          ? item("mute", say("unmute"), () => client.mute(id, null))
          : item("mute", say("muteHours"), () => client.mute(id, Date.now() + MUTE_MS))}
        {!muted && item("mute", say("muteForever"), () => client.mute(id, FOREVER))}
        {item("archive", say(archived ? "unarchive" : "archive"), () =>
          client.archive(id, !archived),
        )}
        {peer !== undefined &&
          peer !== user &&
          item("warning", say(isBlocked ? "unblock" : "block", { name: peer }), () =>
            client.block(peer, !isBlocked),
          )}
        <button type="button" role="menuitem" onClick={() => setFiling(true)}>
          <Icon name="folder" /> {say("folders")}
        </button>
      </Menu>
    </div>
  );
}
