import { peerOf } from "../../client/index.ts";
import { Avatar } from "../kit/avatar.tsx";
import { type Named, nameOf } from "../kit/name-of.ts";
import { useSession } from "../session/session-context.ts";
import { lazyPart } from "../text/lazy-part.tsx";
import { useSay } from "../text/text-context.ts";
import { profiles, useCalled } from "./profiles.ts";

const Portrait = lazyPart(() => import("./portrait.tsx"));

interface PersonAvatarProps {
  readonly user: string;
  readonly small?: boolean;
}

export function PersonAvatar({ user, small = false }: PersonAvatarProps) {
  const called = useCalled();
  const picture = profiles.get().get(user)?.picture;
  return (
    <Avatar name={called(user)} seed={user} small={small}>
      {picture && <Portrait owner={{ user }} picture={picture} />}
    </Avatar>
  );
}

interface ConversationAvatarProps {
  readonly conversation: Named;
  readonly small?: boolean;
}

/** Of a group, or of whom one talks with. */
export function ConversationAvatar({ conversation, small = false }: ConversationAvatarProps) {
  const { user } = useSession();
  const say = useSay();
  const called = useCalled();
  const peer = peerOf(conversation.id, user);
  if (peer !== undefined) return <PersonAvatar user={peer} small={small} />;
  const name = nameOf(conversation, user, say, called);
  // The server can't show that of a group which it has not heard of.
  const picture = conversation.group?.isKnown && conversation.group.picture;
  return (
    <Avatar name={name} seed={conversation.id} small={small}>
      {picture && <Portrait owner={{ conversation: conversation.id }} picture={picture} />}
    </Avatar>
  );
}
