import { type ComponentType, lazy, Suspense, useEffect, useMemo, useRef } from "react";
import { LanguagePicker } from "../kit/language-picker.tsx";
import { StatsProvider } from "./kit/stats-context.ts";
import { formatPlace, type Place, parsePlace, VIEWS, type View } from "./place/place.ts";
import { PlaceLink } from "./place/place-link.tsx";
import { usePlace } from "./place/use-place.ts";
import { RangePicker } from "./range-picker.tsx";
import { useStats } from "./server/use-stats.ts";
import { useOperator } from "./session/operator-context.ts";
import { useOps } from "./text/ops-wording.tsx";
import Overview from "./views/overview/overview.tsx";

/** Views about one message, one user or the settings: they ask for themselves. */
const OWN_VIEWS: Partial<Record<View, ComponentType>> = {
  trace: lazy(() => import("./views/trace/trace.tsx")),
  users: lazy(() => import("./views/users/users.tsx")),
  policy: lazy(() => import("./views/policy/policy.tsx")),
};

const COUNTED_VIEWS: Partial<Record<View, ComponentType>> = {
  overview: Overview,
  delivery: lazy(() => import("./views/delivery/delivery.tsx")),
  connections: lazy(() => import("./views/connections/connections.tsx")),
  retries: lazy(() => import("./views/retries/retries.tsx")),
  cost: lazy(() => import("./views/cost/cost.tsx")),
};

export function Frame() {
  const { say } = useOps();
  const { place } = usePlace();
  const { signOut } = useOperator();
  const Own = OWN_VIEWS[place.view];
  const nav = useRef<HTMLElement>(null);
  // On a narrow screen the views are more than fit.
  useEffect(() => {
    const current = nav.current?.querySelector(`[data-view="${place.view}"]`);
    current?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [place.view]);
  return (
    <div className="ops">
      <header className="ops-header">
        <h1>{say("title")}</h1>
        <LanguagePicker />
        <button type="button" className="button quiet" onClick={signOut}>
          {say("leave")}
        </button>
      </header>
      <nav ref={nav} className="ops-nav" aria-label={say("views")}>
        {VIEWS.map((view) => (
          <PlaceLink
            key={view}
            to={{ view, range: place.range }}
            data-view={view}
            aria-current={view === place.view ? "page" : undefined}
          >
            {say(`view_${view}`)}
          </PlaceLink>
        ))}
      </nav>
      <main className="ops-main">
        {Own === undefined ? (
          <CountedView view={place.view} />
        ) : (
          <Suspense fallback={<p className="hint">{say("loading")}</p>}>
            <Own />
          </Suspense>
        )}
      </main>
    </div>
  );
}

function CountedView({ view }: { readonly view: View }) {
  const { say } = useOps();
  const { place } = usePlace();
  const stats = useStats(useSteadyRange(place));
  const Counted = COUNTED_VIEWS[view];
  return (
    <>
      <RangePicker stats={stats} />
      {stats === undefined || Counted === undefined ? (
        <p className="hint">{say("loading")}</p>
      ) : (
        <StatsProvider value={stats}>
          <Suspense fallback={<p className="hint">{say("loading")}</p>}>
            <Counted />
          </Suspense>
        </StatsProvider>
      )}
    </>
  );
}

/** The same object as long as it says the same, whatever else changes in the address. */
function useSteadyRange({ range }: Place): Place["range"] {
  const address = formatPlace({ view: "overview", range });
  return useMemo(() => {
    const { pathname, search } = new URL(address, location.origin);
    return parsePlace(pathname, search).range;
  }, [address]);
}
