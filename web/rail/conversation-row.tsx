import { type MouseEvent, memo } from "react";
import type { Conversation } from "../../client/index.ts";
import { useDraftPreview } from "../composer/drafts.ts";
import { isNews } from "../groups/news.ts";
import { IconButton } from "../kit/icon-button.tsx";
import { nameOf } from "../kit/name-of.ts";
import { previewOf } from "../kit/preview.ts";
import { ConversationAvatar } from "../people/person-avatar.tsx";
import { useCalled } from "../people/profiles.ts";
import { Link } from "../route/link.tsx";
import { useNavigation } from "../route/use-route.ts";
import { useSession } from "../session/session-context.ts";
import { useWording } from "../text/text-context.ts";
import { Tick } from "../thread/tick.tsx";
import { RowMarks } from "./row-marks.tsx";

/** The menu of a conversation, and where it opens. */
export interface RowMenu {
  readonly id: string;
  readonly at: DOMRect;
}

interface ConversationRowProps {
  readonly conversation: Conversation;
  readonly now: number;
  readonly onMenu: (menu: RowMenu) => void;
}

export const ConversationRow = memo(({ conversation, now, onMenu }: ConversationRowProps) => {
  const { user } = useSession();
  const { route } = useNavigation();
  const { say, formats } = useWording();
  const called = useCalled();
  const { id, last, at } = conversation;
  const name = nameOf(conversation, user, say, called);
  const current = route.conversation === id;
  const openMenu = (event: MouseEvent<HTMLElement>) => {
    // The list takes a click for a choice.
    event.stopPropagation();
    event.preventDefault();
    onMenu({ id, at: event.currentTarget.getBoundingClientRect() });
  };
  return (
    <li onContextMenu={openMenu}>
      <Link
        className="conversation"
        to={{ ...route, conversation: id }}
        aria-current={current ? "page" : undefined}
      >
        <ConversationAvatar conversation={conversation} />
        <span className="name" dir="auto">
          {name}
        </span>
        <time className="time">{at > 0 && formats.short(at, now)}</time>
        <span className="last">
          {last?.own && !isNews(last) && last.state !== "recalled" && <Tick message={last} />}
          <LastLine conversation={conversation} />
        </span>
        <RowMarks conversation={conversation} now={now} />
      </Link>
      <IconButton
        icon="more"
        className="row-actions"
        label={say("actionsFor", { name })}
        aria-haspopup="menu"
        onClick={openMenu}
      />
    </li>
  );
});

function LastLine({ conversation }: { readonly conversation: Conversation }) {
  const { say } = useWording();
  const called = useCalled();
  const { last } = conversation;
  const draft = useDraftPreview(conversation);
  if (draft !== "") return <span className="draft">{say("draft", { text: draft })}</span>;
  const text = last === undefined ? say("noMessagesYet") : previewOf(last, say, called);
  return (
    <span className="text" dir="auto">
      {text}
    </span>
  );
}
