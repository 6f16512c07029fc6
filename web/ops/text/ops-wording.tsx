import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { sayIn } from "../../text/say.ts";
import { useWording } from "../../text/text-context.ts";
import type { SayOf } from "../../text/texts.ts";
import { type Amounts, amountsIn } from "./amounts.ts";
import type { en } from "./en.ts";
import { loadTexts } from "./languages.ts";

export type OpsSay = SayOf<typeof en>;

export interface OpsWording {
  readonly say: OpsSay;
  readonly amounts: Amounts;
}

const OpsWordingContext = createContext<OpsWording | undefined>(undefined);

export function useOps(): OpsWording {
  const wording = useContext(OpsWordingContext);
  if (wording === undefined) throw new Error("useOps outside of OpsWordingProvider");
  return wording;
}

/** The console's texts in the page's language; what was there before stays until they are here. */
export function OpsWordingProvider({ children }: { readonly children: ReactNode }) {
  const { language } = useWording();
  const [wording, setWording] = useState<OpsWording>();
  useEffect(() => {
    let wanted = true;
    void loadTexts(language.id).then((texts) => {
      if (!wanted) return;
      const say = sayIn<typeof en>(language, texts);
      setWording({ say, amounts: amountsIn(language.id) });
    });
    return () => {
      wanted = false;
    };
  }, [language]);
  if (wording === undefined) return null;
  return <OpsWordingContext.Provider value={wording}>{children}</OpsWordingContext.Provider>;
}
