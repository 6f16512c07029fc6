import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Message } from "../../client/index.ts";
import { useMessages } from "../../client/react/index.ts";
import { IconButton } from "../kit/icon-button.tsx";
import { useCalled } from "../people/profiles.ts";
import { useSession } from "../session/session-context.ts";
import { useWording } from "../text/text-context.ts";
import { download } from "./download.ts";
import { isPicture } from "./kinds.ts";
import { useAddress } from "./use-address.ts";

interface LightboxProps {
  readonly message: Message;
  readonly onClose: () => void;
}

// lazy() takes a module's default.
/** One picture over everything else; the arrow keys go to those before and after it. */
export default function Lightbox({ message, onClose }: LightboxProps) {
  const { say, formats } = useWording();
  const called = useCalled();
  const { client } = useSession();
  const dialog = useRef<HTMLDialogElement>(null);
  const [shownKey, show] = useState(message.key);
  const { messages } = useMessages(message.conversation);
  useEffect(() => dialog.current?.showModal(), []);

  const pictures = messages.filter(({ content }) => content.kind === "file" && isPicture(content));
  const at = pictures.findIndex(({ key }) => key === shownKey);
  const shown = pictures[at];
  useEffect(() => {
    // Taken back while it was looked at.
    if (shown === undefined) onClose();
  }, [shown, onClose]);
  if (shown === undefined || shown.content.kind !== "file") return null;

  const go = (step: number) => {
    const next = pictures[at + step];
    if (next !== undefined) show(next.key);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // The list below has keys of its own.
    event.stopPropagation();
    const back = document.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") go(event.key === back ? -1 : 1);
  };
  const { name } = shown.content;
  return (
    <dialog
      ref={dialog}
      className="lightbox"
      // It stands in a message, which has a direction of its own.
      dir={document.dir}
      aria-label={name}
      onClose={onClose}
      onKeyDown={onKeyDown}
    >
      <header>
        <p>
          <strong>
            <bdi>{shown.own ? say("you") : called(shown.from)}</bdi>
          </strong>{" "}
          {formats.time(shown.at)}
        </p>
        <IconButton
          icon="back"
          label={say("pictureBefore")}
          disabled={at === 0}
          onClick={() => go(-1)}
        />
        <IconButton
          icon="back"
          className="after"
          label={say("pictureAfter")}
          disabled={at === pictures.length - 1}
          onClick={() => go(1)}
        />
        <IconButton
          icon="down"
          label={say("downloadFile", { name })}
          onClick={() => void download(client, shown, name).catch(() => undefined)}
        />
        <IconButton icon="close" label={say("close")} onClick={() => dialog.current?.close()} />
      </header>
      <Whole key={shown.key} message={shown} name={name} />
    </dialog>
  );
}

function Whole({ message, name }: { readonly message: Message; readonly name: string }) {
  const { say } = useWording();
  const small = useAddress(message, "small");
  const whole = useAddress(message, "whole");
  const url = whole.url ?? small.url;
  if (whole.isLost) return <p className="hint">{say("pictureLost")}</p>;
  return (
    <div className="whole" aria-busy={whole.url === undefined}>
      {url !== undefined && <img src={url} alt={name} />}
    </div>
  );
}
