import { useConversations, useFolders } from "../../client/react/index.ts";
import { Link } from "../route/link.tsx";
import { useNavigation } from "../route/use-route.ts";
import { useSay } from "../text/text-context.ts";
import { LISTS, listed } from "./filters.ts";

/** Which conversations are shown; each a place of its own in the address. */
export function ListTabs() {
  const say = useSay();
  const { route } = useNavigation();
  const folders = useFolders();
  const conversations = useConversations();
  const { list: current, ...rest } = route;
  // A tab that shows nothing is worth its place only while one is there.
  const used = LISTS.filter(
    (list) => list === current || listed(conversations, list, folders).length > 0,
  );
  const tabs = [
    { list: undefined, name: say("list_all") },
    ...used.map((list) => ({ list, name: say(`list_${list}`) })),
    ...folders.map(({ id, name }) => ({ list: id, name })),
  ];
  if (conversations.length === 0) return null;
  return (
    <div className="list-tabs">
      {tabs.map(({ list, name }) => (
        <Link
          key={list ?? "all"}
          className="chip"
          to={list === undefined ? rest : { ...rest, list }}
          aria-current={list === current ? "true" : undefined}
        >
          <bdi>{name}</bdi>
        </Link>
      ))}
    </div>
  );
}
