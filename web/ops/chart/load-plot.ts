/**
 * uPlot asks for `navigator.language` while it loads and takes it for a language tag. Under LANG=C
 * Chromium says `en-US@posix`, which is none: without this there would be no chart at all.
 */
export function loadPlot() {
  if (!isLanguageTag(navigator.language)) {
    Object.defineProperty(navigator, "language", { value: "en", configurable: true });
  }
  return import("./time-plot.tsx");
}

function isLanguageTag(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length > 0;
  } catch {
    return false;
  }
}
