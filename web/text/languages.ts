import type { MoreTexts, Texts } from "./texts.ts";

export interface Language {
  readonly id: string;
  /** In the language itself. */
  readonly name: string;
  readonly direction: "ltr" | "rtl";
  readonly load: () => Promise<Texts>;
  /** Those of the parts that are loaded when they are first shown. */
  readonly loadMore: () => Promise<MoreTexts>;
}

const english: Language = {
  id: "en",
  name: "English",
  direction: "ltr",
  load: () => import("./en.ts").then(({ en }) => en),
  loadMore: () => import("./more/en.ts").then(({ moreEn }) => moreEn),
};

export const LANGUAGES: readonly Language[] = [
  english,
  {
    id: "zh-CN",
    name: "简体中文",
    direction: "ltr",
    load: () => import("./zh-cn.ts").then(({ zhCn }) => zhCn),
    loadMore: () => import("./more/zh-cn.ts").then(({ moreZhCn }) => moreZhCn),
  },
  {
    id: "zh-TW",
    name: "繁體中文",
    direction: "ltr",
    load: () => import("./zh-tw.ts").then(({ zhTw }) => zhTw),
    loadMore: () => import("./more/zh-tw.ts").then(({ moreZhTw }) => moreZhTw),
  },
  {
    id: "ja",
    name: "日本語",
    direction: "ltr",
    load: () => import("./ja.ts").then(({ ja }) => ja),
    loadMore: () => import("./more/ja.ts").then(({ moreJa }) => moreJa),
  },
  {
    id: "ar",
    name: "العربية",
    direction: "rtl",
    load: () => import("./ar.ts").then(({ ar }) => ar),
    loadMore: () => import("./more/ar.ts").then(({ moreAr }) => moreAr),
  },
];

/** The first wish that there is a language for; English otherwise. */
export function chooseLanguage(wishes: readonly string[]): Language {
  for (const wish of wishes) {
    const found = LANGUAGES.find(({ id }) => id === languageIdOf(wish));
    if (found !== undefined) return found;
  }
  return english;
}

/** How somebody of that language writes times and numbers: as their system says, where it does. */
export function localeFor({ id }: Language, wishes: readonly string[]): string {
  return wishes.find((wish) => languageIdOf(wish) === id) ?? id;
}

function languageIdOf(wish: string): string | undefined {
  const locale = localeOf(wish)?.maximize();
  if (locale?.language !== "zh") return locale?.language;
  return locale.script === "Hant" ? "zh-TW" : "zh-CN";
}

/** Browsers pass on what the system says, which may be no language at all. */
function localeOf(wish: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(wish);
  } catch {
    return undefined;
  }
}
