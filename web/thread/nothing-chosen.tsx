import { COMMAND } from "../kit/command-key.ts";
import { useSay } from "../text/text-context.ts";

export function NothingChosen() {
  const say = useSay();
  return (
    <div className="empty middle-empty">
      <img src="/icon.svg" alt="" width="56" height="56" />
      <p className="title">{say("chooseTitle")}</p>
      <p>{say("chooseHint", { keys: `${COMMAND} K` })}</p>
    </div>
  );
}
