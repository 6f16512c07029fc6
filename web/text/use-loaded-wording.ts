import { useEffect, useState } from "react";
import { keep, kept } from "../hooks/kept.ts";
import { formatsIn } from "./formats.ts";
import { chooseLanguage, type Language, localeFor } from "./languages.ts";
import { sayIn } from "./say.ts";
import type { Wording } from "./text-context.ts";

const KEY = "holdfast.language";

/** The chosen language once its texts are here; the one before stays until then. */
export function useLoadedWording(): Wording | undefined {
  const [language, setLanguage] = useState(() => chooseLanguage(wishes()));
  const [wording, setWording] = useState<Wording>();
  useEffect(() => {
    let wanted = true;
    const choose = (next: Language) => {
      keep(KEY, next.id);
      setLanguage(next);
    };
    void language.load().then((texts) => {
      if (!wanted) return;
      document.documentElement.lang = language.id;
      document.documentElement.dir = language.direction;
      const say = sayIn(language, texts);
      setWording({
        language,
        say,
        formats: formatsIn(localeFor(language, navigator.languages), say),
        choose,
      });
    });
    return () => {
      wanted = false;
    };
  }, [language]);
  return wording;
}

function wishes(): readonly string[] {
  const chosen = kept(KEY);
  return chosen === undefined ? navigator.languages : [chosen, ...navigator.languages];
}
