import { type FocusEvent, type KeyboardEvent, type RefObject, useState } from "react";
import type { Item } from "./items.ts";
import { useThread, WRITE } from "./thread-context.ts";
import type { VirtualList } from "./use-virtual-list.ts";

/** One message at a time can be reached by Tab; arrows go on from there. */
export function useListKeys(
  scroller: RefObject<HTMLDivElement | null>,
  items: readonly Item[],
  virtual: VirtualList,
) {
  const thread = useThread();
  const [lastKey, setLastKey] = useState<string>();
  const rendered = virtual.rows.flatMap(({ index }) => {
    const item = items[index];
    return item?.kind === "message" ? [item.key] : [];
  });
  const focusableKey = rendered.find((key) => key === lastKey) ?? rendered.at(-1);

  const onFocus = (event: FocusEvent) => {
    const key = rowOf(event.target)?.dataset["key"];
    if (key !== undefined) setLastKey(key);
  };

  // Whoever comes back begins at the newest message.
  const onBlur = (event: FocusEvent) => {
    if (!event.currentTarget.contains(event.relatedTarget)) setLastKey(undefined);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const row = rowOf(event.target);
    if (row === undefined || event.target !== row) return;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step !== undefined && !event.altKey) {
      event.preventDefault();
      neighbourOf(scroller.current, row, step)?.focus();
      return;
    }
    const item = items.find(({ key }) => key === row.dataset["key"]);
    if (item?.kind !== "message" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " " || event.key === "ContextMenu") {
      event.preventDefault();
      thread.openMenu({ message: item.message, at: row.getBoundingClientRect() });
    } else if (event.key.toLowerCase() === "r") {
      event.preventDefault();
      thread.intend({ kind: "reply", to: item.message });
    } else if (event.key === "Escape") {
      event.preventDefault();
      thread.intend(WRITE);
      document.querySelector<HTMLElement>("[data-composer]")?.focus();
    }
  };
  return { focusableKey, onFocus, onBlur, onKeyDown };
}

function rowOf(target: EventTarget): HTMLElement | undefined {
  return (target as HTMLElement).closest<HTMLElement>("[data-key]") ?? undefined;
}

/** By position, for rows of a virtual list stand in the document as they were made. */
function neighbourOf(scroller: HTMLElement | null, row: HTMLElement, step: number) {
  const rows = [...(scroller?.querySelectorAll<HTMLElement>("[data-key]") ?? [])];
  const index = (element: HTMLElement) => Number(element.dataset["row"]);
  rows.sort((a, b) => index(a) - index(b));
  return rows[rows.indexOf(row) + step];
}
