import type { Message } from "../../client/index.ts";

interface NewsRowProps {
  readonly message: Message;
  readonly text: string;
}

/** What became of the group, between the messages. */
export function NewsRow({ message, text }: NewsRowProps) {
  return (
    <p className="news" data-number={message.number} data-state={message.state}>
      <bdi>{text}</bdi>
    </p>
  );
}
