import type { Message } from "../../client/index.ts";
import { Icon } from "../kit/icon.tsx";
import { useSay } from "../text/text-context.ts";
import type { Amendment } from "./amendments.ts";
import { markOf } from "./marks.ts";

interface TickProps {
  readonly message: Message;
  readonly amendment?: Amendment | undefined;
}

/** How far one's own message is: a mark for the eye and a word for the reader. */
export function Tick({ message, amendment }: TickProps) {
  const say = useSay();
  const { icon, word, tone } = markOf(message.state, amendment);
  const text = say(word);
  return (
    <span className={`tick ${tone}`} title={text}>
      <Icon name={icon} />
      <span className="hidden">{text}</span>
    </span>
  );
}
