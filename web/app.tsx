import { useTheme } from "./hooks/use-theme.ts";
import { Announcer } from "./kit/announcer.tsx";
import { NavigationProvider, useAddress } from "./route/use-route.ts";
import { SessionGate } from "./session/session-gate.tsx";
import { lazyPart } from "./text/lazy-part.tsx";
import { WordingProvider } from "./text/text-context.ts";
import { useLoadedWording } from "./text/use-loaded-wording.ts";

const Landing = lazyPart(() => import("./landing/landing.tsx"));

export function App() {
  const navigation = useAddress();
  const wording = useLoadedWording();
  useTheme();
  if (wording === undefined) return null;
  const { user, device } = navigation.route;
  return (
    <NavigationProvider value={navigation}>
      <WordingProvider value={wording}>
        <Announcer>
          {user === undefined ? (
            <Landing />
          ) : (
            <SessionGate key={`${user} ${device}`} user={user} slot={device} />
          )}
        </Announcer>
      </WordingProvider>
    </NavigationProvider>
  );
}
