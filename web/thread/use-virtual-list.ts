import { useVirtualizer, type VirtualItem } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useLayoutEffect, useMemo, useRef } from "react";
import type { Message } from "../../client/index.ts";
import type { Item } from "./items.ts";

export interface VirtualList {
  readonly rows: readonly VirtualItem[];
  readonly height: number;
  readonly atEnd: boolean;
  /** Away from the start, where the day stands in the list anyway. */
  readonly isScrolling: boolean;
  /** Time of the topmost message in view. */
  readonly firstVisibleAt: number | undefined;
  /** Those whose end can be seen, in order. */
  readonly visibleMessages: readonly Message[];
  readonly measure: (element: HTMLElement | null) => void;
  toEnd(): void;
  /** To the message of that number; false when it is not loaded. */
  jumpTo(number: number): boolean;
}

const NEAR_END_PX = 96;
const NEAR_START_PX = 96;
/** One for all kinds of rows: each is measured when it is shown, and asking for 100,000 kinds is slow. */
const ESTIMATE_PX = 52;

export function useVirtualList(
  scroller: RefObject<HTMLDivElement | null>,
  items: readonly Item[],
): VirtualList {
  const virtualizer = useVirtualizer<HTMLDivElement, HTMLElement>({
    count: items.length,
    getScrollElement: () => scroller.current,
    getItemKey: useCallback((index: number) => items[index]?.key ?? index, [items]),
    estimateSize: () => ESTIMATE_PX,
    // What is read stays where it is, whatever is inserted above or below.
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: NEAR_END_PX,
    paddingEnd: 10,
    overscan: 4,
    // Preact renders in the next task anyway; a flush per scroll event costs frames.
    useFlushSync: false,
  });
  virtualizer.shouldAdjustScrollPositionOnItemSizeChange = isAboveWhatIsRead;

  const latest = useRef(items);
  latest.current = items;
  const toEnd = useCallback(() => virtualizer.scrollToEnd(), [virtualizer]);
  const jumpTo = useCallback(
    (number: number) => {
      const index = latest.current.findIndex(
        (item) => item.kind === "message" && item.message.number === number,
      );
      if (index >= 0) virtualizer.scrollToIndex(index, { align: "center" });
      return index >= 0;
    },
    [virtualizer],
  );

  // Opens at what is new, else at the end.
  useLayoutEffect(() => {
    const index = latest.current.findIndex(({ kind }) => kind === "new");
    if (index >= 0) virtualizer.scrollToIndex(Math.max(0, index - 1), { align: "start" });
    else virtualizer.scrollToEnd();
  }, [virtualizer]);

  const rows = virtualizer.getVirtualItems();
  const top = virtualizer.scrollOffset ?? 0;
  const bottom = top + (virtualizer.scrollRect?.height ?? 0);
  const visibleMessages = useMemo(
    () => messagesIn(rows, items, top, bottom),
    [rows, items, top, bottom],
  );
  return {
    rows,
    height: virtualizer.getTotalSize(),
    atEnd: virtualizer.isAtEnd(NEAR_END_PX),
    isScrolling: virtualizer.isScrolling && top > NEAR_START_PX,
    firstVisibleAt: visibleMessages[0]?.at,
    visibleMessages,
    measure: virtualizer.measureElement,
    toEnd,
    jumpTo,
  };
}

type Scroll = Pick<
  ReturnType<typeof useVirtualizer<HTMLDivElement, HTMLElement>>,
  "scrollOffset" | "scrollRect"
>;

/**
 * A row that grows or shrinks up there moves nothing below it: also while the reader scrolls, and
 * also a row of which only the end can be seen.
 */
function isAboveWhatIsRead({ start, end }: VirtualItem, _: number, list: Scroll): boolean {
  const top = list.scrollOffset ?? 0;
  return start < top && end < top + (list.scrollRect?.height ?? 0) / 2;
}

function messagesIn(
  rows: readonly VirtualItem[],
  items: readonly Item[],
  top: number,
  bottom: number,
): readonly Message[] {
  const slackPx = 4;
  return rows.flatMap(({ index, end }) => {
    const item = items[index];
    const seen = end > top && end <= bottom + slackPx;
    return seen && item?.kind === "message" ? [item.message] : [];
  });
}
