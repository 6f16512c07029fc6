import type { TextsLike } from "../../text/texts.ts";
import { en } from "./en.ts";

export type OpsTexts = TextsLike<typeof en>;

const LOADERS: Readonly<Record<string, () => Promise<OpsTexts>>> = {
  "zh-CN": () => import("./zh-cn.ts").then(({ zhCn }) => zhCn),
  "zh-TW": () => import("./zh-tw.ts").then(({ zhTw }) => zhTw),
  ja: () => import("./ja.ts").then(({ ja }) => ja),
  ar: () => import("./ar.ts").then(({ ar }) => ar),
};

export function loadTexts(language: string): Promise<OpsTexts> {
  return LOADERS[language]?.() ?? Promise.resolve(en);
}
