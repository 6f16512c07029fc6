import { parseConversation, peerOf } from "../../client/index.ts";
import { useConversation } from "../../client/react/index.ts";
import { Icon } from "../kit/icon.tsx";
import { IconButton } from "../kit/icon-button.tsx";
import { ConversationAvatar } from "../people/person-avatar.tsx";
import { ConnectionLine } from "../rail/connection-line.tsx";
import { Link } from "../route/link.tsx";
import { useNavigation } from "../route/use-route.ts";
import { useSession } from "../session/session-context.ts";
import { lazyPart } from "../text/lazy-part.tsx";
import { useSay } from "../text/text-context.ts";

const TtlMark = lazyPart(() => import("./ttl-mark.tsx"));
const PresenceLine = lazyPart(() => import("../people/presence-line.tsx"));

interface ThreadHeaderProps {
  readonly conversation: string;
  readonly name: string;
}

export function ThreadHeader({ conversation, name }: ThreadHeaderProps) {
  const say = useSay();
  const { user } = useSession();
  const { group, ttlSeconds } = useConversation(conversation) ?? {};
  const peer = peerOf(conversation, user);
  const { route, replace, go } = useNavigation();
  const { faults } = useSession();
  const { conversation: _, lab, ...list } = route;
  const about = parseConversation(conversation)?.kind === "group" ? "group" : "person";
  const toggleLab = () => replace(lab ? { ...route, lab: false } : { ...route, lab: true });
  return (
    <header className="thread-header">
      <Link
        to={lab ? { ...list, lab } : list}
        className="icon-button back"
        aria-label={say("back")}
      >
        <Icon name="back" />
      </Link>
      <ConversationAvatar conversation={{ id: conversation, group }} small />
      <div className="thread-title">
        <h2 dir="auto">{name}</h2>
        <div className="thread-state">
          {peer !== undefined && peer !== user && <PresenceLine key={peer} peer={peer} />}
          {ttlSeconds !== undefined && <TtlMark seconds={ttlSeconds} />}
          <div className="narrow-only">
            <ConnectionLine />
          </div>
        </div>
      </div>
      <IconButton
        icon={about === "group" ? "people" : "person"}
        label={say(about)}
        aria-pressed={route.panel?.kind === about}
        onClick={() => go({ ...route, panel: { kind: about } })}
      />
      {faults !== undefined && (
        <IconButton icon="lab" label={say("lab")} aria-pressed={lab === true} onClick={toggleLab} />
      )}
    </header>
  );
}
