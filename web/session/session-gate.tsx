import { ChatProvider } from "../../client/react/index.ts";
import { lazyPart } from "../text/lazy-part.tsx";
import { useSay } from "../text/text-context.ts";
import { ChatPage } from "./chat-page.tsx";
import { OpenFailed } from "./open-failed.tsx";
import type { Session } from "./session.ts";
import { SessionProvider } from "./session-context.ts";
import { useDeleted } from "./use-deleted.ts";
import { useOpenedSession } from "./use-opened-session.ts";

const AccountDeleted = lazyPart(() => import("./account-deleted.tsx"));

/** Signs in and opens the store; then the chat. */
export function SessionGate({
  user,
  slot,
}: {
  readonly user: string;
  readonly slot: string | undefined;
}) {
  const opening = useOpenedSession(user, slot);
  const say = useSay();
  if (opening.kind === "opening") return <p className="notice">{say("opening")}</p>;
  if (opening.kind === "open") return <Opened session={opening.session} />;
  return opening.code === "gone" ? (
    <AccountDeleted user={user} />
  ) : (
    <OpenFailed code={opening.code} />
  );
}

/** The chat, until its account is deleted in whichever window. */
function Opened({ session }: { readonly session: Session }) {
  const { user, client } = session;
  if (useDeleted(session)) return <AccountDeleted user={user} client={client} />;
  return (
    <SessionProvider value={session}>
      <ChatProvider client={client}>
        <ChatPage />
      </ChatProvider>
    </SessionProvider>
  );
}
