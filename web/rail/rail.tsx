import { type RefObject, useState } from "react";
import { useNavigation } from "../route/use-route.ts";
import { lazyPart } from "../text/lazy-part.tsx";
import { useSay } from "../text/text-context.ts";
import { ConnectionLine } from "./connection-line.tsx";
import { ConversationList } from "./conversation-list.tsx";
import { ListTabs } from "./list-tabs.tsx";
import { Notices } from "./notices.tsx";
import { RailHeader } from "./rail-header.tsx";
import { Search } from "./search.tsx";

const FoundMessages = lazyPart(() => import("../search/found-messages.tsx"));

/** Left: who I am, how the connection is, and with whom I talk. */
export function Rail({ search }: { readonly search: RefObject<HTMLInputElement | null> }) {
  const say = useSay();
  const { route, go } = useNavigation();
  const [query, setQuery] = useState("");
  const open = (conversation: string) => {
    setQuery("");
    go({ ...route, conversation });
  };
  return (
    <nav className="rail" aria-label={say("conversations")}>
      <RailHeader />
      <ConnectionLine />
      <Notices />
      <Search input={search} query={query} onQuery={setQuery} onOpen={open} />
      <ListTabs />
      <div className="places">
        <ConversationList query={query} onChosen={() => setQuery("")} />
        {query.trim() !== "" && <FoundMessages query={query.trim()} />}
      </div>
    </nav>
  );
}
