import type { Message } from "../../client/index.ts";
import { useCalled } from "../people/profiles.ts";
import { useSession } from "../session/session-context.ts";
import { useWording } from "../text/text-context.ts";

export function Reactions({ message }: { readonly message: Message }) {
  const { client, user } = useSession();
  const { say, language } = useWording();
  const called = useCalled();
  const all = Object.entries(message.reactions).filter(([, users]) => users.length > 0);
  const { number } = message;
  if (all.length === 0 || number === undefined || message.state === "recalled") return null;
  const list = new Intl.ListFormat(language.id);
  return (
    <div className="reactions">
      {all.map(([emoji, users]) => {
        const mine = users.includes(user);
        const names = list.format(users.map((one) => (one === user ? say("you") : called(one))));
        return (
          <button
            key={emoji}
            type="button"
            tabIndex={-1}
            aria-pressed={mine}
            title={names}
            onClick={() => client.react(message.conversation, number, emoji, !mine)}
          >
            <span aria-hidden="true">
              {emoji} <small>{users.length}</small>
            </span>
            <span className="hidden">{say("reactedBy", { emoji, names })}</span>
          </button>
        );
      })}
    </div>
  );
}
