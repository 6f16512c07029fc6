/** The chat with a conversation of any length and no server, for `npm run bench:page`. */
import { ChatProvider } from "../../client/react/index.ts";
import { newValue } from "../hooks/value.ts";
import { Announcer } from "../kit/announcer.tsx";
import { NavigationProvider, useAddress } from "../route/use-route.ts";
import { ChatPage } from "../session/chat-page.tsx";
import { SessionProvider } from "../session/session-context.ts";
import { show } from "../show.ts";
import { WordingProvider } from "../text/text-context.ts";
import { useLoadedWording } from "../text/use-loaded-wording.ts";
import { Bench } from "./bench.ts";
import { USER } from "./history.ts";
import "../styles/index.css";

const bench = await Bench.begin(Number(new URLSearchParams(location.search).get("messages")));
Object.assign(globalThis, { bench: () => bench });
const session = {
  user: USER,
  client: bench.client,
  faults: undefined,
  deleted: newValue(false),
};

show(function BenchPage() {
  const navigation = useAddress();
  const wording = useLoadedWording();
  if (wording === undefined) return null;
  return (
    <NavigationProvider value={navigation}>
      <WordingProvider value={wording}>
        <Announcer>
          <SessionProvider value={session}>
            <ChatProvider client={bench.client}>
              <ChatPage />
            </ChatProvider>
          </SessionProvider>
        </Announcer>
      </WordingProvider>
    </NavigationProvider>
  );
});
