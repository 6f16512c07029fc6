import { peerOf } from "../../client/index.ts";
import { Avatar } from "../kit/avatar.tsx";
import { type Named, nameOf } from "../kit/name-of.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import { useCalled } from "./profiles.ts";

interface PersonAvatarProps {
  readonly user: string;
  readonly small?: boolean;
}

export function PersonAvatar({ user, small = false }: PersonAvatarProps) {
  const called = useCalled();
  return <Avatar name={called(user)} seed={user} small={small} />;
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
  return <Avatar name={name} small={small} />;
}
