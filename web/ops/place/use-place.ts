import { createContext, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { formatPlace, type Place, parsePlace } from "./place.ts";

export interface PlaceNavigation {
  readonly place: Place;
  /** A new place: back leads here. */
  go(place: Place): void;
}

const PlaceContext = createContext<PlaceNavigation | undefined>(undefined);
export const PlaceProvider = PlaceContext.Provider;

export function usePlace(): PlaceNavigation {
  const navigation = useContext(PlaceContext);
  if (navigation === undefined) throw new Error("usePlace outside of PlaceProvider");
  return navigation;
}

/** The address bar as state. */
export function usePlaceInAddress(): PlaceNavigation {
  const [address, setAddress] = useState(read);
  useEffect(() => {
    const follow = () => setAddress(read());
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, []);
  const go = useCallback((next: Place) => {
    const target = formatPlace(next);
    if (target === read()) return;
    history.pushState(null, "", target);
    setAddress(read());
  }, []);
  return useMemo(() => ({ place: placeOf(address), go }), [address, go]);
}

function read(): string {
  return location.pathname + location.search;
}

function placeOf(address: string): Place {
  const [pathname = "", search = ""] = address.split("?");
  return parsePlace(pathname, search);
}
