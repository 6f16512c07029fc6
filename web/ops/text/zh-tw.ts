import { en } from "./en.ts";
import type { OpsTexts } from "./languages.ts";

export const zhTw: OpsTexts = en;
