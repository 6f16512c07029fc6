import { ChatProvider } from "../../client/react/index.ts";
import { useSay } from "../text/text-context.ts";
import { ChatPage } from "./chat-page.tsx";
import { OpenFailed } from "./open-failed.tsx";
import { SessionProvider } from "./session-context.ts";
import { useOpenedSession } from "./use-opened-session.ts";

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
  if (opening.kind === "failed") return <OpenFailed code={opening.code} />;
  return (
    <SessionProvider value={opening.session}>
      <ChatProvider client={opening.session.client}>
        <ChatPage />
      </ChatProvider>
    </SessionProvider>
  );
}
