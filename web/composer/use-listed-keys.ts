import { type RefObject, useEffect, useRef, useState } from "react";

/** Up, down, Enter, Tab and Escape of a field are its list's while that shows something. */
export function useListedKeys(
  field: RefObject<HTMLTextAreaElement | null>,
  list: string,
  options: readonly string[],
  choose: (option: string) => void,
  dismiss: () => void,
): number {
  const [wanted, setWanted] = useState("");
  const at = Math.max(0, options.indexOf(wanted));
  const latest = useRef({ options, at, choose, dismiss });
  latest.current = { options, at, choose, dismiss };
  const isShown = options.length > 0;

  useEffect(() => {
    const element = field.current;
    if (!isShown || element === null) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.isComposing || !act(event.key, latest.current, setWanted)) return;
      event.preventDefault();
      // The composer's own keys send and leave.
      event.stopImmediatePropagation();
    };
    element.addEventListener("keydown", onKeyDown, { capture: true });
    element.setAttribute("aria-autocomplete", "list");
    element.setAttribute("aria-controls", list);
    return () => {
      element.removeEventListener("keydown", onKeyDown, { capture: true });
      for (const name of ["autocomplete", "controls", "activedescendant"]) {
        element.removeAttribute(`aria-${name}`);
      }
    };
  }, [field, list, isShown]);
  useEffect(() => {
    if (isShown) field.current?.setAttribute("aria-activedescendant", `${list}-${at}`);
  }, [field, list, isShown, at]);
  return at;
}

interface Listed {
  readonly options: readonly string[];
  readonly at: number;
  choose(option: string): void;
  dismiss(): void;
}

/** Says whether it was a key of the list. */
function act(key: string, listed: Listed, setWanted: (option: string) => void): boolean {
  const { options, at } = listed;
  const option = options[at];
  // The list is gone, the listener not yet.
  if (option === undefined) return false;
  const step = { ArrowDown: 1, ArrowUp: options.length - 1 }[key];
  if (step !== undefined) setWanted(options[(at + step) % options.length] ?? "");
  else if (key === "Enter" || key === "Tab") listed.choose(option);
  else if (key === "Escape") listed.dismiss();
  else return false;
  return true;
}
