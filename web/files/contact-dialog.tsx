import { useEffect, useRef } from "react";
import { peerOf } from "../../client/index.ts";
import { useConversations } from "../../client/react/index.ts";
import { IconButton } from "../kit/icon-button.tsx";
import { PersonAvatar } from "../people/person-avatar.tsx";
import { profiles, useCalled } from "../people/profiles.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";

interface ContactDialogProps {
  readonly conversation: string;
  readonly onClose: () => void;
}

/** Which of the people one knows is passed on as a card. */
export function ContactDialog({ conversation, onClose }: ContactDialogProps) {
  const say = useSay();
  const { client, user } = useSession();
  const called = useCalled();
  const dialog = useRef<HTMLDialogElement>(null);
  const conversations = useConversations();
  useEffect(() => dialog.current?.showModal(), []);
  const here = peerOf(conversation, user);
  const people = conversations.flatMap(({ id, gone }) => {
    const peer = peerOf(id, user);
    return peer === undefined || peer === here || gone ? [] : [peer];
  });
  const send = (contact: string) => {
    const { name } = profiles.get().get(contact) ?? {};
    // What the server refuses shows as failed in the list.
    client.send(conversation, { kind: "contact", user: contact, ...(name ? { name } : {}) });
    dialog.current?.close();
  };
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="contact-title" onClose={onClose}>
      <header>
        <h2 id="contact-title">{say("attachContact")}</h2>
        <IconButton icon="close" label={say("close")} onClick={() => dialog.current?.close()} />
      </header>
      {people.length === 0 && <p className="hint">{say("nobodyToSend")}</p>}
      <ul className="choices">
        {people.map((peer) => (
          <li key={peer}>
            <button type="button" onClick={() => send(peer)}>
              <PersonAvatar user={peer} small />
              <bdi>{peer === user ? say("you") : called(peer)}</bdi>
            </button>
          </li>
        ))}
      </ul>
    </dialog>
  );
}
