import type { Message } from "../../client/index.ts";
import { previewOf } from "../kit/preview.ts";
import { lazyPart } from "../text/lazy-part.tsx";
import { useSay } from "../text/text-context.ts";
import type { Amendment } from "./amendments.ts";
import { piecesOf } from "./pieces.ts";
import { Placeholder } from "./placeholder.tsx";

const FileContent = lazyPart(() => import("../files/file-content.tsx"));
const Card = lazyPart(() => import("./cards.tsx"));

interface ContentProps {
  readonly message: Message;
  readonly amendment: Amendment | undefined;
}

export function Content({ message, amendment }: ContentProps) {
  const say = useSay();
  const { content } = message;
  if (content.kind === "placeholder") return <Placeholder message={message} />;
  if (content.kind === "file") return <FileContent message={message} />;
  if (content.kind === "location" || content.kind === "contact") return <Card message={message} />;
  if (content.kind !== "text")
    return <span className="other-content">{previewOf(message, say)}</span>;
  const text = amendment?.kind === "edit" ? amendment.text : content.text;
  return (
    <span className="text">
      <FormattedText text={text} />
    </span>
  );
}

function FormattedText({ text }: { readonly text: string }) {
  return piecesOf(text).map(({ kind, text: piece, at }) =>
    kind === "link" ? (
      <a key={at} href={piece} target="_blank" rel="noopener noreferrer nofollow">
        {piece}
      </a>
    ) : kind === "code" ? (
      <code key={at}>{piece}</code>
    ) : (
      piece
    ),
  );
}
