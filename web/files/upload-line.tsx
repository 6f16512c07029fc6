import type { Message } from "../../client/index.ts";
import { IconButton } from "../kit/icon-button.tsx";
import { useSession } from "../session/session-context.ts";
import { useWording } from "../text/text-context.ts";
import { sizeIn } from "./kinds.ts";

interface UploadLineProps {
  readonly message: Message;
  readonly upload: NonNullable<Message["upload"]>;
}

/** How much of it the server has; it goes on by itself after a reload or without a network. */
export function UploadLine({ message, upload: { sent, total } }: UploadLineProps) {
  const { say, language } = useWording();
  const { client } = useSession();
  // Accepted meanwhile: the list shows it.
  const cancel = () => void client.drop(message.key).catch(() => undefined);
  return (
    <span className="upload">
      <progress value={sent} max={Math.max(total, 1)} aria-label={say("uploading")} />
      <small>{`${sizeIn(language.id, sent)} / ${sizeIn(language.id, total)}`}</small>
      <IconButton icon="close" label={say("cancelUpload")} onClick={cancel} />
    </span>
  );
}
