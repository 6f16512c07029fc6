import { memo } from "react";
import type { Conversation } from "../../client/index.ts";
import { useDraftPreview } from "../composer/drafts.ts";
import { Avatar } from "../kit/avatar.tsx";
import { nameOf } from "../kit/name-of.ts";
import { previewOf } from "../kit/preview.ts";
import { Link } from "../route/link.tsx";
import { useNavigation } from "../route/use-route.ts";
import { useSession } from "../session/session-context.ts";
import { useWording } from "../text/text-context.ts";
import { Tick } from "../thread/tick.tsx";

interface ConversationRowProps {
  readonly conversation: Conversation;
  readonly now: number;
}

export const ConversationRow = memo(({ conversation, now }: ConversationRowProps) => {
  const { user } = useSession();
  const { route } = useNavigation();
  const { say, formats } = useWording();
  const { id, last, unread, at } = conversation;
  const name = nameOf(id, user, say);
  const current = route.conversation === id;
  return (
    <li>
      <Link
        className="conversation"
        to={{ ...route, conversation: id }}
        aria-current={current ? "page" : undefined}
      >
        <Avatar name={name} />
        <span className="name">
          <bdi>{name}</bdi>
        </span>
        <time className="time">{at > 0 && formats.short(at, now)}</time>
        <span className="last">
          {last?.own && last.state !== "recalled" && <Tick message={last} />}
          <LastLine conversation={conversation} />
        </span>
        {unread > 0 && (
          <span className="unread">
            <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
            <span className="hidden">{say("unread", { n: unread })}</span>
          </span>
        )}
      </Link>
    </li>
  );
});

function LastLine({ conversation: { id, last } }: { readonly conversation: Conversation }) {
  const { user } = useSession();
  const { say } = useWording();
  const draft = useDraftPreview(user, id);
  if (draft !== "") return <span className="draft">{say("draft", { text: draft })}</span>;
  const text = last === undefined ? say("noMessagesYet") : previewOf(last, say);
  return (
    <span className="text" dir="auto">
      {text}
    </span>
  );
}
