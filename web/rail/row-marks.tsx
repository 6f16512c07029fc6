import type { Conversation } from "../../client/index.ts";
import { Icon } from "../kit/icon.tsx";
import { useSay } from "../text/text-context.ts";
import { isMuted } from "./filters.ts";

interface RowMarksProps {
  readonly conversation: Conversation;
  readonly now: number;
}

/** At the end of a row: how it is arranged, and what waits there. */
export function RowMarks({ conversation, now }: RowMarksProps) {
  const say = useSay();
  const { unread, markedUnread, pinned, mention } = conversation;
  const muted = isMuted(conversation, now);
  return (
    <span className="marks">
      {muted && <Mark icon="mute" text={say("muted")} />}
      {pinned && <Mark icon="pin" text={say("pinned")} />}
      {mention !== undefined && (
        <span className="unread mention">
          <span aria-hidden="true">@</span>
          <span className="hidden">{say("mentioned")}</span>
        </span>
      )}
      {unread > 0 && (
        <span className="unread" data-muted={muted}>
          <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
          <span className="hidden">{say("unread", { n: unread })}</span>
        </span>
      )}
      {unread === 0 && markedUnread && (
        <span className="unread dot" title={say("markedUnread")}>
          <span className="hidden">{say("markedUnread")}</span>
        </span>
      )}
    </span>
  );
}

function Mark({ icon, text }: { readonly icon: "mute" | "pin"; readonly text: string }) {
  return (
    <span title={text}>
      <Icon name={icon} />
      <span className="hidden">{text}</span>
    </span>
  );
}
