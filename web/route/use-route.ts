import { createContext, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { formatRoute, parseRoute, type Route } from "./route.ts";

export interface Navigation {
  readonly route: Route;
  /** A new place: back leads here. */
  go(route: Route): void;
  /** The same place, told differently. */
  replace(route: Route): void;
}

const NavigationContext = createContext<Navigation | undefined>(undefined);
export const NavigationProvider = NavigationContext.Provider;

export function useNavigation(): Navigation {
  const navigation = useContext(NavigationContext);
  if (navigation === undefined) throw new Error("useNavigation outside of NavigationProvider");
  return navigation;
}

/** The address bar as state. */
export function useAddress(): Navigation {
  const [search, setSearch] = useState(location.search);
  useEffect(() => {
    const read = () => setSearch(location.search);
    addEventListener("popstate", read);
    return () => removeEventListener("popstate", read);
  }, []);

  const write = useCallback((method: "pushState" | "replaceState", next: Route) => {
    const address = formatRoute(next);
    if (address === formatRoute(parseRoute(location.search))) return;
    history[method](null, "", address);
    setSearch(location.search);
  }, []);

  return useMemo(
    () => ({
      route: parseRoute(search),
      go: (next) => write("pushState", next),
      replace: (next) => write("replaceState", next),
    }),
    [search, write],
  );
}
