import type { SearchHit } from "../../client/index.ts";
import { useConversation } from "../../client/react/index.ts";
import { useName } from "../kit/name-of.ts";
import { previewOf } from "../kit/preview.ts";
import { ConversationAvatar } from "../people/person-avatar.tsx";
import { useCalled } from "../people/profiles.ts";
import { Link } from "../route/link.tsx";
import { useNavigation } from "../route/use-route.ts";
import { useWording } from "../text/text-context.ts";
import { Highlighted } from "./highlighted.tsx";

interface FoundRowProps {
  readonly hit: SearchHit;
  readonly now: number;
}

/** One message that was found: who said it where, and what of it was looked for. */
export function FoundRow({ hit: { message, highlights }, now }: FoundRowProps) {
  const { route } = useNavigation();
  const { say, formats } = useWording();
  const called = useCalled();
  const { conversation, content, number } = message;
  const name = useName(conversation);
  const { group } = useConversation(conversation) ?? {};
  const inText = highlights.filter(({ field }) => field === "text");
  return (
    <li>
      <Link
        className="conversation found"
        to={{ ...route, conversation, ...(number === undefined ? {} : { at: number }) }}
      >
        <ConversationAvatar conversation={{ id: conversation, group }} />
        <span className="name" dir="auto">
          {name}
        </span>
        <time className="time">{formats.short(message.at, now)}</time>
        <span className="last">
          <span className="text" dir="auto">
            {message.own ? `${say("you")}: ` : ""}
            {content.kind === "text" ? (
              <Highlighted text={content.text} highlights={inText} />
            ) : (
              previewOf(message, say, called)
            )}
          </span>
        </span>
      </Link>
    </li>
  );
}
