import type { Message } from "../../client/index.ts";
import { Icon } from "../kit/icon.tsx";
import { useWording } from "../text/text-context.ts";
import type { Amendment } from "./amendments.ts";
import { Content } from "./content.tsx";
import { Quote } from "./quote.tsx";
import { Tick } from "./tick.tsx";

interface BubbleProps {
  readonly message: Message;
  /** Shown above, where several people write. */
  readonly sender: string | undefined;
  readonly amendment: Amendment | undefined;
  readonly quoted: Message | undefined;
  readonly onJump: (number: number) => boolean;
}

export function Bubble({ message, sender, amendment, quoted, onJump }: BubbleProps) {
  const { say, formats } = useWording();
  const { content, own, at, edited, expiresAt, priority } = message;
  const replyTo = "replyTo" in content ? content.replyTo : undefined;
  const forwarded = "forwardOf" in content && content.forwardOf !== undefined;
  const recalled = content.kind === "recalled";
  return (
    // The writing's own direction: an English line in an Arabic page begins at the left.
    <div
      dir="auto"
      className={`bubble${recalled ? " tombstone" : ""}`}
      data-recalling={amendment?.kind === "recall"}
    >
      {sender !== undefined && <bdi className="label sender">{sender}</bdi>}
      {forwarded && <bdi className="label">{say("forwarded")}</bdi>}
      {priority === "urgent" && <bdi className="label urgent">{say("urgent")}</bdi>}
      {replyTo !== undefined && <Quote number={replyTo} message={quoted} onJump={onJump} />}
      <Content message={message} amendment={amendment} />
      <span className="meta">
        {expiresAt !== undefined && (
          <span
            className="mortal"
            title={say("goneAt", {
              time: `${formats.day(expiresAt, at)} ${formats.time(expiresAt)}`,
            })}
          >
            <Icon name="timer" />
          </span>
        )}
        {edited && !recalled && <span>{say("edited")}</span>}
        <time dir="auto" dateTime={new Date(at).toISOString()}>
          {formats.time(at)}
        </time>
        {own && <Tick message={message} amendment={amendment} />}
      </span>
    </div>
  );
}
