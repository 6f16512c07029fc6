import { createContext, type ReactNode, useCallback, useContext, useState } from "react";

type Announce = (text: string) => void;

const AnnounceContext = createContext<Announce>(() => {});

export function useAnnounce(): Announce {
  return useContext(AnnounceContext);
}

/**
 * The one live region: a virtual list can't be one, for its rows come and go while scrolling. The
 * text alternates between two elements, so that the same text twice is read twice.
 */
export function Announcer({ children }: { readonly children: ReactNode }) {
  const [{ text, turn }, setSaid] = useState({ text: "", turn: 0 });
  const announce = useCallback((next: string) => {
    setSaid((said) => ({ text: next, turn: 1 - said.turn }));
  }, []);
  return (
    <AnnounceContext.Provider value={announce}>
      {children}
      <div className="hidden" aria-live="polite">
        <p>{turn === 0 ? text : ""}</p>
        <p>{turn === 1 ? text : ""}</p>
      </div>
    </AnnounceContext.Provider>
  );
}
