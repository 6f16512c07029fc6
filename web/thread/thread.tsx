import { useEffect, useState } from "react";
import { mayWrite } from "../../client/index.ts";
import { useConversation, useMessages } from "../../client/react/index.ts";
import { Composer } from "../composer/composer.tsx";
import { stage } from "../files/staged.ts";
import { useName } from "../kit/name-of.ts";
import { useNavigation } from "../route/use-route.ts";
import { lazyPart } from "../text/lazy-part.tsx";
import { useSay } from "../text/text-context.ts";
import { EmptyThread } from "./empty-thread.tsx";
import { ThreadProvider } from "./thread-context.ts";
import { ThreadHeader } from "./thread-header.tsx";
import { useThreadActions } from "./use-thread-actions.ts";

const loadList = () => import("./message-list.tsx");
const MessageList = lazyPart(loadList);
const MessageMenu = lazyPart(() => import("./message-menu.tsx"));
const ReadOnly = lazyPart(() => import("../groups/read-only.tsx"));
const JoinGroup = lazyPart(() => import("../groups/join-group.tsx"));
const ThreadFoot = lazyPart(() => import("../people/thread-foot.tsx"));
const ForwardDialog = lazyPart(() => import("./forward-dialog.tsx"));

/** One conversation. Everything in it belongs to this `conversation`: another one is another Thread. */
export function Thread({ conversation }: { readonly conversation: string }) {
  const say = useSay();
  const list = useMessages(conversation);
  const actions = useThreadActions(conversation);
  const { route } = useNavigation();
  const { unread = 0, read, group } = useConversation(conversation) ?? {};
  const [divider, setDivider] = useState(unread > 0 ? read : undefined);
  const isEmpty = list.loaded && list.messages.length === 0 && !list.more;
  // While the messages are read from the store, not after that.
  useEffect(() => void loadList().catch(() => undefined), []);
  const { menu, forwarding } = actions;
  const name = useName(conversation);
  return (
    <ThreadProvider value={actions}>
      <section
        className="thread"
        aria-label={say("messagesWith", { name })}
        onDragOver={(event) => {
          if (event.dataTransfer.types.includes("Files")) event.preventDefault();
        }}
        onDrop={(event) => {
          if (event.dataTransfer.files.length === 0) return;
          event.preventDefault();
          void stage(conversation, event.dataTransfer.files);
        }}
      >
        <ThreadHeader name={name} conversation={conversation} />
        {isEmpty && <EmptyThread name={name} />}
        {!isEmpty && (
          <div className="list" aria-busy={!list.loaded}>
            {list.loaded && (
              <MessageList
                conversation={conversation}
                name={name}
                list={list}
                divider={divider}
                onDivider={setDivider}
              />
            )}
          </div>
        )}
        <ThreadFoot conversation={conversation} />
        {route.join !== undefined && group?.state !== "member" ? (
          <JoinGroup conversation={conversation} token={route.join} />
        ) : mayWrite({ group }, Date.now()) ? (
          <Composer conversation={conversation} name={name} onSent={() => setDivider(undefined)} />
        ) : (
          <ReadOnly group={group} />
        )}
        {menu !== undefined && <MessageMenu key={menu.message.key} {...menu} />}
        {forwarding !== undefined && <ForwardDialog message={forwarding} />}
      </section>
    </ThreadProvider>
  );
}
