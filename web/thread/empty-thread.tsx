import { peerOf } from "../../client/index.ts";
import { useConversation } from "../../client/react/index.ts";
import { ConversationAvatar } from "../people/person-avatar.tsx";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import { useThread } from "./thread-context.ts";

export function EmptyThread({ name }: { readonly name: string }) {
  const say = useSay();
  const { user } = useSession();
  const { conversation } = useThread();
  const { group } = useConversation(conversation) ?? {};
  const alone = peerOf(conversation, user) === user;
  return (
    <div className="list empty middle-empty">
      <ConversationAvatar conversation={{ id: conversation, group }} />
      <p className="title">{alone ? name : say("emptyThreadTitle", { name })}</p>
      <p>{say(alone ? "emptyNotes" : "emptyThreadHint")}</p>
    </div>
  );
}
