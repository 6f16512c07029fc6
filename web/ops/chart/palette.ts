import { useEffect, useState } from "react";
import { useObservable } from "../../../client/react/index.ts";
import { theme } from "../../hooks/theme.ts";

/** The stylesheet's colours as a canvas takes them. */
export interface Palette {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly series: readonly string[];
}

const COLORS = 9;

export function paletteOf(element: HTMLElement): Palette {
  const probe = document.createElement("span");
  element.append(probe);
  const resolve = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const palette = {
    text: resolve("text"),
    muted: resolve("muted"),
    line: resolve("line"),
    series: Array.from({ length: COLORS }, (_, index) => resolve(`chart-${index}`)),
  };
  probe.remove();
  return palette;
}

const DARK = matchMedia("(prefers-color-scheme: dark)");

/** Changes when the colours do. */
export function useScheme(): string {
  const chosen = useObservable(theme);
  const [dark, setDark] = useState(DARK.matches);
  useEffect(() => {
    const follow = () => setDark(DARK.matches);
    DARK.addEventListener("change", follow);
    return () => DARK.removeEventListener("change", follow);
  }, []);
  return chosen === "system" ? String(dark) : chosen;
}
