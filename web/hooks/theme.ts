import { keep, kept } from "./kept.ts";
import { newValue, type Value } from "./value.ts";

export type Theme = "system" | "light" | "dark";

const KEY = "holdfast.theme";

export const theme: Value<Theme> = newValue<Theme>(readTheme());

theme.subscribe(() => keep(KEY, theme.get() === "system" ? "" : theme.get()));

function readTheme(): Theme {
  const chosen = kept(KEY);
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}
