import { useMemo, useRef } from "react";
import type { MessageList as Loaded } from "../../client/index.ts";
import { useSay } from "../text/text-context.ts";
import { FloatingDay } from "./floating-day.tsx";
import { itemsOf, quotedBy } from "./items.ts";
import { JumpButton } from "./jump-button.tsx";
import { ListRow } from "./list-row.tsx";
import { useDivider } from "./use-divider.ts";
import { useJump } from "./use-jump.ts";
import { useListKeys } from "./use-list-keys.ts";
import { useOlder } from "./use-older.ts";
import { useReadMarks } from "./use-read-marks.ts";
import { useVirtualList } from "./use-virtual-list.ts";

interface MessageListProps {
  readonly conversation: string;
  readonly name: string;
  readonly list: Loaded;
  readonly divider: number | undefined;
  readonly onDivider: (number: number | undefined) => void;
}

// lazy() takes a module's default.
export default function MessageList({
  conversation,
  name,
  list,
  divider,
  onDivider,
}: MessageListProps) {
  const say = useSay();
  const scroller = useRef<HTMLDivElement>(null);
  useDivider(conversation, divider, onDivider);
  const items = useMemo(() => itemsOf(list, divider), [list, divider]);
  const virtual = useVirtualList(scroller, items);
  useJump(conversation, list, virtual.jumpTo);
  const older = useOlder(conversation, list, virtual.rows[0]?.index ?? 0);
  const keys = useListKeys(scroller, items, virtual);
  useReadMarks(conversation, virtual.visibleMessages);
  return (
    <>
      <FloatingDay at={virtual.firstVisibleAt} shown={virtual.isScrolling} />
      {/* Not live: rows come and go while scrolling; the announcer speaks instead. */}
      <div
        ref={scroller}
        className="scroller"
        role="log"
        aria-live="off"
        aria-label={say("messagesWith", { name })}
        onKeyDown={keys.onKeyDown}
        onFocus={keys.onFocus}
        onBlur={keys.onBlur}
      >
        <div className="rows" style={{ height: `${virtual.height}px` }}>
          {virtual.rows.map(({ index, start }) => {
            const item = items[index];
            return (
              item && (
                <ListRow
                  key={item.key}
                  item={item}
                  index={index}
                  start={start}
                  measure={virtual.measure}
                  older={older}
                  focusable={item.key === keys.focusableKey}
                  onJump={virtual.jumpTo}
                  quoted={quotedBy(item, list)}
                />
              )
            );
          })}
        </div>
      </div>
      {!virtual.atEnd && <JumpButton conversation={conversation} onJump={virtual.toEnd} />}
    </>
  );
}
