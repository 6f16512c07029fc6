import { parseConversation, peerOf } from "../../client/index.ts";
import { Avatar } from "../kit/avatar.tsx";
import { Icon } from "../kit/icon.tsx";
import { IconButton } from "../kit/icon-button.tsx";
import { ConnectionLine } from "../rail/connection-line.tsx";
import { Link } from "../route/link.tsx";
import { useNavigation } from "../route/use-route.ts";
import { useSession } from "../session/session-context.ts";
import { lazyPart } from "../text/lazy-part.tsx";
import { useSay } from "../text/text-context.ts";

const PresenceLine = lazyPart(() => import("../people/presence-line.tsx"));

interface ThreadHeaderProps {
  readonly conversation: string;
  readonly name: string;
}

export function ThreadHeader({ conversation, name }: ThreadHeaderProps) {
  const say = useSay();
  const { user } = useSession();
  const peer = peerOf(conversation, user);
  const { route, replace, go } = useNavigation();
  const { faults } = useSession();
  const { conversation: _, lab, ...list } = route;
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
      <Avatar name={name} small />
      <h2>
        <bdi>{name}</bdi>
      </h2>
      {peer !== undefined && peer !== user && <PresenceLine key={peer} peer={peer} />}
      <div className="narrow-only">
        <ConnectionLine />
      </div>
      {parseConversation(conversation)?.kind === "group" && (
        <IconButton
          icon="people"
          label={say("group")}
          aria-pressed={route.panel?.kind === "group"}
          onClick={() => go({ ...route, panel: { kind: "group" } })}
        />
      )}
      {faults !== undefined && (
        <IconButton icon="lab" label={say("lab")} aria-pressed={lab === true} onClick={toggleLab} />
      )}
    </header>
  );
}
