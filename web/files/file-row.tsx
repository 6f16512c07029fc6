import { useState } from "react";
import type { Message } from "../../client/index.ts";
import { Icon } from "../kit/icon.tsx";
import { useSession } from "../session/session-context.ts";
import { useWording } from "../text/text-context.ts";
import { download } from "./download.ts";
import { type FileBody, sizeIn } from "./kinds.ts";

interface FileRowProps {
  readonly message: Message;
  readonly content: FileBody;
}

export function FileRow({ message, content }: FileRowProps) {
  const { say, language } = useWording();
  const { client } = useSession();
  const [state, setState] = useState<"idle" | "loading" | "lost">("idle");
  const fetch = () => {
    setState("loading");
    download(client, message, content.name).then(
      () => setState("idle"),
      () => setState("lost"),
    );
  };
  return (
    <button
      type="button"
      className="file-row"
      aria-label={say("downloadFile", { name: content.name })}
      aria-busy={state === "loading"}
      disabled={message.number === undefined}
      onClick={fetch}
    >
      <Icon name="file" />
      <span className="file-name">
        <bdi>{content.name}</bdi>
        <small>{state === "lost" ? say("fileLost") : sizeIn(language.id, content.bytes)}</small>
      </span>
    </button>
  );
}
