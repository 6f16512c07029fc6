import type { KeyboardEvent, RefObject } from "react";
import { directConversation, isUserId } from "../../client/index.ts";
import { Icon } from "../kit/icon.tsx";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";

interface SearchProps {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly query: string;
  readonly onQuery: (query: string) => void;
  readonly onOpen: (conversation: string) => void;
}

/** Finds a conversation, and starts one: Enter opens the first match, or writes to that name. */
export function Search({ input, query, onQuery, onOpen }: SearchProps) {
  const { user } = useSession();
  const say = useSay();
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape" && query !== "") {
      event.stopPropagation();
      onQuery("");
    } else if (event.key === "ArrowDown" || event.key === "Enter") {
      event.preventDefault();
      const first = document.querySelector<HTMLElement>(".conversations a");
      if (event.key === "ArrowDown") first?.focus();
      else if (first !== null && query.trim() !== "") first.click();
      else if (isUserId(query.trim())) onOpen(directConversation(user, query.trim()));
    }
  };
  return (
    <div className="search">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        value={query}
        placeholder={say("search")}
        aria-label={say("search")}
        aria-keyshortcuts="Control+K"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        onInput={(event) => onQuery(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}
