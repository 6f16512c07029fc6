import type { Message, Reach } from "../../client/index.ts";
import { Icon } from "../kit/icon.tsx";
import { useSay } from "../text/text-context.ts";
import type { Say } from "../text/texts.ts";
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
  const { reach } = message;
  const of = reach !== undefined && amendment === undefined && isPartly(message.state);
  const text = of ? reachText(reach, say) : say(word);
  return (
    <span className={`tick ${tone}`} title={text}>
      <Icon name={icon} />
      <span className="hidden">{text}</span>
    </span>
  );
}

function isPartly(state: Message["state"]): boolean {
  return state === "accepted" || state === "routed" || state === "delivered";
}

/** In a group: by how many of the others it has been read, or else is on a device of. */
function reachText({ delivered, read, of }: Reach, say: Say): string {
  if (read > 0) return say("readBy", { read, of });
  return delivered > 0 ? say("deliveredTo", { delivered, of }) : say("stateSent");
}
