import { useLayoutEffect } from "react";
import { useObservable } from "../../client/react/index.ts";
import { theme } from "./theme.ts";

/** The stylesheet reads it; without it the system decides. */
export function useTheme(): void {
  const chosen = useObservable(theme);
  useLayoutEffect(() => {
    if (chosen === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = chosen;
  }, [chosen]);
}
