import { COMMAND } from "../kit/command-key.ts";
import { useSay } from "../text/text-context.ts";

export function Shortcuts() {
  const say = useSay();
  const shortcuts = [
    [`${COMMAND} K`, say("keySwitch")],
    ["Alt ↑ ↓", say("keyNextPrevious")],
    ["Enter", say("keySend")],
    ["Shift Enter", say("keyNewLine")],
    ["↑", say("keyEditLast")],
    ["Shift Tab, ↑ ↓", say("keyMessages")],
    ["Enter", say("keyActions")],
    ["R", say("keyReply")],
    ["Esc", say("keyEscape")],
    [`${COMMAND} /`, say("keyHelp")],
  ] as const;
  return (
    <dl className="shortcuts">
      {shortcuts.map(([keys, meaning]) => (
        <div key={meaning}>
          <dt>
            <kbd>{keys}</kbd>
          </dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}
