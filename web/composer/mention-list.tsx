import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { PersonAvatar } from "../people/person-avatar.tsx";
import { useCalled } from "../people/profiles.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import { EVERYONE } from "../thread/mentions.ts";
import "../styles/mentions.css";
import { askRoster, rosterOf } from "./roster.ts";
import { useCaret } from "./use-caret.ts";
import { useListedKeys } from "./use-listed-keys.ts";

interface MentionListProps {
  readonly conversation: string;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly text: string;
  /** Whether this user may mean everyone at once. */
  readonly mayAll: boolean;
  readonly onText: (text: string) => void;
}

/** An `@` and what follows it, up to the caret. */
const BEGUN = /(?<![\w.@-])@([^\s@]{0,64})$/u;
const SHOWN = 8;
const LIST = "mention-list";

// lazy() takes a module's default.
/** Who can be meant by what is being typed. The focus stays in the composer. */
export default function MentionList(props: MentionListProps) {
  const { conversation, field, text, mayAll, onText } = props;
  const say = useSay();
  const { client, user } = useSession();
  const called = useCalled();
  const [, setAsked] = useState(false);
  const caret = useCaret(field, text);
  const [dismissed, setDismissed] = useState<number>();
  const caretAfter = useRef<number>(undefined);
  useEffect(() => {
    // Without the server, those who have written are offered.
    void askRoster(client, conversation).then(
      () => setAsked(true),
      () => undefined,
    );
  }, [client, conversation]);
  useLayoutEffect(() => {
    if (caretAfter.current === undefined) return;
    field.current?.setSelectionRange(caretAfter.current, caretAfter.current);
    caretAfter.current = undefined;
  });

  const begun = BEGUN.exec(text.slice(0, caret));
  const query = (begun?.[1] ?? "").toLowerCase();
  const nameOf = (id: string) => (id === EVERYONE ? say("everybody") : called(id));
  const begins = (id: string) =>
    [id, ...nameOf(id).split(/\s+/)].some((word) => word.toLowerCase().startsWith(query));
  const others = rosterOf(client, conversation).users.filter((id) => id !== user);
  const all = mayAll ? [EVERYONE, ...others] : others;
  const isOpen = begun !== null && begun.index !== dismissed;
  const matches = isOpen ? all.filter(begins).slice(0, SHOWN) : [];

  const choose = (id: string) => {
    const start = begun?.index ?? caret;
    const inserted = `@${id} `;
    caretAfter.current = start + inserted.length;
    onText(text.slice(0, start) + inserted + text.slice(caret).replace(/^ /, ""));
  };
  const at = useListedKeys(field, LIST, matches, choose, () => setDismissed(begun?.index));
  if (matches.length === 0) return null;
  return (
    <div
      id={LIST}
      className="mention-list"
      role="listbox"
      aria-label={say("mentionWhom")}
      // A press there must not take the focus from the field.
      onPointerDown={(event) => event.preventDefault()}
    >
      {matches.map((id, index) => (
        <button
          key={id}
          type="button"
          id={`${LIST}-${index}`}
          role="option"
          // The field keeps the focus, and has the keys.
          tabIndex={-1}
          aria-selected={index === at}
          onClick={() => choose(id)}
        >
          {id === EVERYONE ? (
            <span className="avatar small">@</span>
          ) : (
            <PersonAvatar user={id} small />
          )}
          <bdi>{nameOf(id)}</bdi>
          {nameOf(id) !== id && id !== EVERYONE && <bdi className="hint">{id}</bdi>}
        </button>
      ))}
    </div>
  );
}
