import { createContext, useContext } from "react";
import type { Formats } from "./formats.ts";
import type { Language } from "./languages.ts";
import type { Say } from "./texts.ts";

export interface Wording {
  readonly language: Language;
  readonly say: Say;
  readonly formats: Formats;
  choose(language: Language): void;
  /** The texts of lazy parts are here too. */
  readonly hasMore: boolean;
  /** Rejects where they can't be loaded. */
  wantMore(): Promise<void>;
}

const WordingContext = createContext<Wording | undefined>(undefined);
export const WordingProvider = WordingContext.Provider;

export function useWording(): Wording {
  const wording = useContext(WordingContext);
  if (wording === undefined) throw new Error("useWording outside of WordingProvider");
  return wording;
}

export function useSay(): Say {
  return useWording().say;
}
