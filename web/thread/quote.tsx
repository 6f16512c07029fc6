import type { Message } from "../../client/index.ts";
import { previewOf } from "../kit/preview.ts";
import { useCalled } from "../people/profiles.ts";
import { useSay } from "../text/text-context.ts";

interface QuoteProps {
  readonly number: number;
  /** Absent when it is not loaded. */
  readonly message: Message | undefined;
  readonly onJump: (number: number) => boolean;
}

/** Quoted by reference: a message that was taken back is taken back here too. */
export function Quote({ number, message, onJump }: QuoteProps) {
  const say = useSay();
  const called = useCalled();
  if (message === undefined) return <div className="quote">{say("quoteFar")}</div>;
  const name = message.own ? say("you") : called(message.from);
  const text = message.state === "recalled" ? say("quoteGone") : previewOf(message, say, called);
  return (
    <button
      type="button"
      className="quote"
      tabIndex={-1}
      title={say("showQuoted")}
      onClick={() => onJump(number)}
    >
      <strong>
        <bdi>{name}</bdi>
      </strong>
      <span dir="auto">{text}</span>
    </button>
  );
}
