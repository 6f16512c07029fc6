import { type KeyboardEvent, useCallback, useRef, useState } from "react";
import {
  type Connection,
  type Conversation,
  directConversation,
  isUserId,
  peerOf,
} from "../../client/index.ts";
import { useConnection, useConversations, useFolders } from "../../client/react/index.ts";
import { useNow } from "../hooks/use-now.ts";
import { Icon } from "../kit/icon.tsx";
import { moveFocus } from "../kit/move-focus.ts";
import { nameOf } from "../kit/name-of.ts";
import { useCalled } from "../people/profiles.ts";
import { Link } from "../route/link.tsx";
import { useNavigation } from "../route/use-route.ts";
import { useSession } from "../session/session-context.ts";
import { lazyPart } from "../text/lazy-part.tsx";
import { useSay } from "../text/text-context.ts";
import { ConversationRow, type RowMenu } from "./conversation-row.tsx";
import { listed } from "./filters.ts";

const ConversationMenu = lazyPart(() => import("./conversation-menu.tsx"));

interface ConversationListProps {
  readonly query: string;
  readonly onChosen: () => void;
}

const MINUTE_MS = 60_000;

export function ConversationList({ query, onChosen }: ConversationListProps) {
  const { user } = useSession();
  const say = useSay();
  const called = useCalled();
  const now = useNow(MINUTE_MS);
  const list = useRef<HTMLUListElement>(null);
  const { list: shownList } = useNavigation().route;
  const [menu, setMenu] = useState<RowMenu>();
  const close = useCallback(() => setMenu(undefined), []);
  const folders = useFolders();
  const conversations = useConversations();
  const wanted = query.trim().toLowerCase();
  const wantedId = newIdFor(query, user);
  const matches = (one: Conversation) =>
    `${nameOf(one, user, say, called)} ${peerOf(one.id, user) ?? ""}`
      .toLowerCase()
      .includes(wanted);
  const shown =
    wanted === ""
      ? listed(conversations, shownList, folders)
      : firstOf(conversations.filter(matches), wantedId);
  const isNew = !conversations.some(({ id }) => id === wantedId);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    moveFocus(event, [...(list.current?.querySelectorAll("a") ?? [])]);
  };
  if (conversations.length === 0 && wanted === "") return <EmptyList />;
  return (
    <>
      <ul ref={list} className="conversations" onKeyDown={onKeyDown} onClick={onChosen}>
        {shown.map((one) => (
          <ConversationRow key={one.id} conversation={one} now={now} onMenu={setMenu} />
        ))}
        {shown.length === 0 && wanted === "" && <li className="hint">{say("emptyTab")}</li>}
        {wanted !== "" && isNew && <NewRow query={query.trim()} isOnly={shown.length === 0} />}
      </ul>
      {menu !== undefined && <ConversationMenu key={menu.id} {...menu} onClose={close} />}
    </>
  );
}

/** Whether nobody can say yet that there is nothing: a new device has not heard of what there is. */
function mayFill({ state, online }: Connection): boolean {
  switch (state.kind) {
    case "syncing":
      return true;
    case "idle":
    case "connecting":
    case "authenticating":
    case "backoff":
      return !online;
    default:
      return false;
  }
}

function newIdFor(query: string, user: string): string | undefined {
  const name = query.trim();
  return isUserId(name) ? directConversation(user, name) : undefined;
}

/** Who types a whole name means it, whoever else's name begins so and wrote later. */
function firstOf(found: readonly Conversation[], id: string | undefined): readonly Conversation[] {
  return [...found].sort((a, b) => Number(b.id === id) - Number(a.id === id));
}

interface NewRowProps {
  readonly query: string;
  /** Nothing that is here already has this name. */
  readonly isOnly: boolean;
}

function NewRow({ query, isOnly }: NewRowProps) {
  const { user } = useSession();
  const { route } = useNavigation();
  const say = useSay();
  const conversation = newIdFor(query, user);
  if (conversation === undefined) {
    return isOnly ? <li className="hint">{say("noSuchName")}</li> : null;
  }
  return (
    <li>
      <Link className="conversation new" to={{ ...route, conversation }}>
        <Icon name="edit" /> {say("writeTo", { name: query })}
      </Link>
    </li>
  );
}

function EmptyList() {
  const say = useSay();
  if (mayFill(useConnection())) return <p className="hint">{say("loading")}</p>;
  return (
    <div className="empty">
      <p className="title">{say("emptyListTitle")}</p>
      <p>{say("emptyListHint")}</p>
    </div>
  );
}
