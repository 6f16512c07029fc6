import { useEffect, useState } from "react";
import { keep, kept } from "../hooks/kept.ts";
import { formatsIn } from "./formats.ts";
import { chooseLanguage, type Language, localeFor } from "./languages.ts";
import { sayIn } from "./say.ts";
import type { Wording } from "./text-context.ts";
import type { English, MoreTexts, Texts } from "./texts.ts";

const KEY = "holdfast.language";

/** The chosen language once its texts are here; the one before stays until then. */
export function useLoadedWording(): Wording | undefined {
  const [language, setLanguage] = useState(() => chooseLanguage(wishes()));
  const [wantsMore, setWantsMore] = useState(false);
  const [wording, setWording] = useState<Wording>();
  useEffect(() => {
    let wanted = true;
    const choose = (next: Language) => {
      keep(KEY, next.id);
      setLanguage(next);
    };
    const more = wantsMore ? language.loadMore() : undefined;
    const take = ([core, rest]: [Texts, MoreTexts | undefined]) => {
      if (!wanted) return;
      document.documentElement.lang = language.id;
      document.documentElement.dir = language.direction;
      // What is not here yet is asked for by no part that is shown.
      const say = sayIn<English>(language, { ...core, ...rest } as Texts & MoreTexts);
      setWording({
        language,
        say,
        formats: formatsIn(localeFor(language, navigator.languages), say),
        choose,
        hasMore: wantsMore,
        wantMore: () => language.loadMore().then(() => setWantsMore(true)),
      });
    };
    // Without a network the language before stays.
    Promise.all([language.load(), more]).then(take, () => undefined);
    return () => {
      wanted = false;
    };
  }, [language, wantsMore]);
  return wording;
}

function wishes(): readonly string[] {
  const chosen = kept(KEY);
  return chosen === undefined ? navigator.languages : [chosen, ...navigator.languages];
}
