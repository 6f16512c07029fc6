import { type Message, parseConversation } from "../../client/index.ts";
import { useObservable } from "../../client/react/index.ts";
import { IconButton } from "../kit/icon-button.tsx";
import { previewOf } from "../kit/preview.ts";
import { PersonAvatar } from "../people/person-avatar.tsx";
import { useCalled } from "../people/profiles.ts";
import { useWording } from "../text/text-context.ts";
import { currentAmendment } from "./amendments.ts";
import { Bubble } from "./bubble.tsx";
import { FailureLine } from "./failure-line.tsx";
import { Reactions } from "./reactions.tsx";
import { useThread } from "./thread-context.ts";

interface MessageRowProps {
  readonly message: Message;
  readonly first: boolean;
  readonly index: number;
  readonly focusable: boolean;
  readonly quoted: Message | undefined;
  readonly onJump: (number: number) => boolean;
}

export function MessageRow({ message, first, index, focusable, quoted, onJump }: MessageRowProps) {
  const { say, formats } = useWording();
  const called = useCalled();
  const { amendments, openMenu } = useThread();
  const amendment = currentAmendment(useObservable(amendments.pending), message);
  const isGroup = parseConversation(message.conversation)?.kind === "group";
  const name = message.own ? say("you") : called(message.from);
  return (
    <article
      className={`message${message.own ? " own" : ""}${first ? " first" : ""}`}
      tabIndex={focusable ? 0 : -1}
      data-key={message.key}
      data-row={index}
      data-state={message.state}
      data-number={message.number}
      aria-label={`${name}, ${formats.time(message.at)}: ${previewOf(message, say, called)}`}
    >
      {!message.own && (
        <span className="side">{first && <PersonAvatar user={message.from} small />}</span>
      )}
      <div className="body">
        <div className="bubble-line">
          <Bubble
            message={message}
            sender={first && !message.own && isGroup ? name : undefined}
            amendment={amendment}
            quoted={quoted}
            onJump={onJump}
          />
          <IconButton
            icon="more"
            className="actions"
            label={say("actions")}
            tabIndex={-1}
            aria-haspopup="menu"
            onClick={(event) =>
              openMenu({ message, at: event.currentTarget.getBoundingClientRect() })
            }
          />
        </div>
        <Reactions message={message} />
        <FailureLine message={message} amendment={amendment} />
      </div>
    </article>
  );
}
