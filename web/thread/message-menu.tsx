import { useLayoutEffect, useRef } from "react";
import { Icon } from "../kit/icon.tsx";
import { Menu } from "../kit/menu.tsx";
import { placeBeside } from "../kit/place-beside.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import { EMOJI } from "./emoji.ts";
import { type OpenMenu, useThread } from "./thread-context.ts";
import { useMessageActions } from "./use-message-actions.ts";

// lazy() takes a module's default.
/** What can be done with one message. Outside of the list, whose rows are cut and moved. */
export default function MessageMenu({ message, at }: OpenMenu) {
  const say = useSay();
  const { client, user } = useSession();
  const { openMenu } = useThread();
  const actions = useMessageActions(message);
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (place.current !== null) placeBeside(place.current, at, message.own);
  }, [at, message.own]);

  const close = () => openMenu(undefined);
  const { number } = message;
  const canReact = number !== undefined && message.state !== "recalled";
  const mine = (emoji: string) => message.reactions[emoji]?.includes(user) ?? false;
  const react = (emoji: string) => {
    close();
    if (number !== undefined) client.react(message.conversation, number, emoji, !mine(emoji));
  };
  return (
    <div ref={place} className="menu-place">
      <Menu label={say("actions")} onClose={close}>
        {canReact && (
          <fieldset className="emoji-row" aria-label={say("react")}>
            {EMOJI.map((emoji) => (
              <button
                key={emoji}
                type="button"
                role="menuitemcheckbox"
                aria-checked={mine(emoji)}
                aria-label={say(mine(emoji) ? "unreactWith" : "reactWith", { emoji })}
                onClick={() => react(emoji)}
              >
                {emoji}
              </button>
            ))}
          </fieldset>
        )}
        {actions.map(({ text, icon, act, danger }) => (
          <button
            key={text}
            type="button"
            role="menuitem"
            className={danger ? "danger" : undefined}
            onClick={() => {
              close();
              act();
            }}
          >
            <Icon name={icon} /> {say(text)}
          </button>
        ))}
      </Menu>
    </div>
  );
}
