import { useEffect, useRef } from "react";
import type { Message } from "../../client/index.ts";
import { useConversations } from "../../client/react/index.ts";
import { IconButton } from "../kit/icon-button.tsx";
import { nameOf } from "../kit/name-of.ts";
import { previewOf } from "../kit/preview.ts";
import { ConversationAvatar } from "../people/person-avatar.tsx";
import { useCalled } from "../people/profiles.ts";
import { useNavigation } from "../route/use-route.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import { useThread } from "./thread-context.ts";

// lazy() takes a module's default.
export default function ForwardDialog({ message }: { readonly message: Message }) {
  const say = useSay();
  const called = useCalled();
  const { client, user } = useSession();
  const { forward } = useThread();
  const { route, go } = useNavigation();
  const dialog = useRef<HTMLDialogElement>(null);
  const conversations = useConversations();
  useEffect(() => dialog.current?.showModal(), []);

  const to = (conversation: string) => {
    // What the server refuses shows as failed in the list.
    client.forward(message, conversation).queued.catch(() => undefined);
    forward(undefined);
    go({ ...route, conversation });
  };
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby="forward-title"
      onClose={() => forward(undefined)}
    >
      <header>
        <h2 id="forward-title">{say("forwardTo")}</h2>
        <IconButton icon="close" label={say("close")} onClick={() => dialog.current?.close()} />
      </header>
      <p className="quote" dir="auto">
        {previewOf(message, say, called)}
      </p>
      <ul className="choices">
        {conversations.map((one) => (
          <li key={one.id}>
            <button type="button" onClick={() => to(one.id)}>
              <ConversationAvatar conversation={one} small />
              <bdi>{nameOf(one, user, say, called)}</bdi>
            </button>
          </li>
        ))}
      </ul>
    </dialog>
  );
}
