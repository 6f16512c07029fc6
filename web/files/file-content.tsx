import { useState } from "react";
import type { Message } from "../../client/index.ts";
import { lazyPart } from "../text/lazy-part.tsx";
import type { Amendment } from "../thread/amendments.ts";
import { FileRow } from "./file-row.tsx";
import { isPicture } from "./kinds.ts";
import { Picture } from "./picture.tsx";
import { UploadLine } from "./upload-line.tsx";
import "../styles/files.css";

const Lightbox = lazyPart(() => import("./lightbox.tsx"));

interface FileContentProps {
  readonly message: Message;
  readonly amendment: Amendment | undefined;
}

// lazy() takes a module's default.
/** A message with a file: a picture as itself, anything else as a row with its name. */
export default function FileContent({ message, amendment }: FileContentProps) {
  const [isOpen, setOpen] = useState(false);
  const { content } = message;
  if (content.kind !== "file") return null;
  const caption = amendment?.kind === "edit" ? amendment.text : content.caption;
  return (
    <span className="file-content">
      {isPicture(content) ? (
        <Picture message={message} content={content} onOpen={() => setOpen(true)} />
      ) : (
        <FileRow message={message} content={content} />
      )}
      {message.upload !== undefined && <UploadLine message={message} upload={message.upload} />}
      {caption && <span className="text">{caption}</span>}
      {isOpen && <Lightbox message={message} onClose={() => setOpen(false)} />}
    </span>
  );
}
