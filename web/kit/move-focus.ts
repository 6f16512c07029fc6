interface Key {
  readonly key: string;
  preventDefault(): void;
}

/** Arrow keys, Home and End among some elements. Says whether it was such a key. */
export function moveFocus(event: Key, elements: readonly HTMLElement[]): boolean {
  const at = elements.indexOf(document.activeElement as HTMLElement);
  const next = targetOf(event.key, at, elements.length);
  if (next === undefined) return false;
  event.preventDefault();
  elements[next]?.focus();
  return true;
}

function targetOf(key: string, at: number, count: number): number | undefined {
  const rtl = document.dir === "rtl";
  switch (key) {
    case "ArrowDown":
      return Math.min(at + 1, count - 1);
    case "ArrowUp":
      return Math.max(at - 1, 0);
    case "ArrowRight":
      return Math.max(0, Math.min(at + (rtl ? -1 : 1), count - 1));
    case "ArrowLeft":
      return Math.max(0, Math.min(at + (rtl ? 1 : -1), count - 1));
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}
