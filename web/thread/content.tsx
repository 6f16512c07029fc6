import type { Message } from "../../client/index.ts";
import { previewOf } from "../kit/preview.ts";
import { useCalled } from "../people/profiles.ts";
import { useSession } from "../session/session-context.ts";
import { lazyPart } from "../text/lazy-part.tsx";
import { useSay } from "../text/text-context.ts";
import type { Amendment } from "./amendments.ts";
import { EVERYONE, type Meant, mentionText } from "./mentions.ts";
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
  const called = useCalled();
  const { content } = message;
  if (content.kind === "placeholder") return <Placeholder message={message} />;
  if (content.kind === "file") return <FileContent message={message} amendment={amendment} />;
  if (content.kind === "location" || content.kind === "contact") return <Card message={message} />;
  if (content.kind !== "text")
    return <span className="other-content">{previewOf(message, say, called)}</span>;
  const text = amendment?.kind === "edit" ? amendment.text : content.text;
  return (
    <span className="text">
      <FormattedText text={text} meant={content} />
    </span>
  );
}

interface FormattedTextProps {
  readonly text: string;
  readonly meant: Meant;
}

function FormattedText({ text, meant }: FormattedTextProps) {
  const say = useSay();
  const called = useCalled();
  const { user } = useSession();
  return piecesOf(text, meant).map(({ kind, text: piece, at }) =>
    kind === "link" ? (
      <a key={at} href={piece} target="_blank" rel="noopener noreferrer nofollow">
        {piece}
      </a>
    ) : kind === "code" ? (
      <code key={at}>{piece}</code>
    ) : kind === "mention" ? (
      <bdi key={at} className="mention" data-own={piece === user || piece === EVERYONE}>
        {mentionText(piece, meant, say, called)}
      </bdi>
    ) : (
      piece
    ),
  );
}
