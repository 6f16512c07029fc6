import { useState } from "react";
import type { Message } from "../../client/index.ts";
import { lazyPart } from "../text/lazy-part.tsx";
import { FileRow } from "./file-row.tsx";
import { isPicture } from "./kinds.ts";
import { Picture } from "./picture.tsx";
import { UploadLine } from "./upload-line.tsx";
import "../styles/files.css";

const Lightbox = lazyPart(() => import("./lightbox.tsx"));

// lazy() takes a module's default.
/** A message with a file: a picture as itself, anything else as a row with its name. */
export default function FileContent({ message }: { readonly message: Message }) {
  const [isOpen, setOpen] = useState(false);
  const { content } = message;
  if (content.kind !== "file") return null;
  return (
    <span className="file-content">
      {isPicture(content) ? (
        <Picture message={message} content={content} onOpen={() => setOpen(true)} />
      ) : (
        <FileRow message={message} content={content} />
      )}
      {message.upload !== undefined && <UploadLine message={message} upload={message.upload} />}
      {content.caption !== undefined && <span className="text">{content.caption}</span>}
      {isOpen && <Lightbox message={message} onClose={() => setOpen(false)} />}
    </span>
  );
}
