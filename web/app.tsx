import { lazy, Suspense } from "react";
import { useTheme } from "./hooks/use-theme.ts";
import { Announcer } from "./kit/announcer.tsx";
import { NavigationProvider, useAddress } from "./route/use-route.ts";
import { SessionGate } from "./session/session-gate.tsx";
import { WordingProvider } from "./text/text-context.ts";
import { useLoadedWording } from "./text/use-loaded-wording.ts";

const Landing = lazy(() => import("./landing/landing.tsx"));

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
            <Suspense fallback={null}>
              <Landing />
            </Suspense>
          ) : (
            <SessionGate key={`${user} ${device}`} user={user} slot={device} />
          )}
        </Announcer>
      </WordingProvider>
    </NavigationProvider>
  );
}
