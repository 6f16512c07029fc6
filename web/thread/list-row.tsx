import { memo } from "react";
import type { Message } from "../../client/index.ts";
import { newsOf } from "../groups/news.ts";
import { useCalled } from "../people/profiles.ts";
import { useSay } from "../text/text-context.ts";
import { DayRow } from "./day-row.tsx";
import type { Item } from "./items.ts";
import { MessageRow } from "./message-row.tsx";
import { NewRow } from "./new-row.tsx";
import { NewsRow } from "./news-row.tsx";
import { StartRow } from "./start-row.tsx";
import type { Older } from "./use-older.ts";

interface ListRowProps {
  readonly item: Item;
  readonly index: number;
  readonly start: number;
  readonly focusable: boolean;
  readonly older: Older;
  /** The message that this one answers, when it is loaded. */
  readonly quoted: Message | undefined;
  readonly measure: (element: HTMLElement | null) => void;
  readonly onJump: (number: number) => boolean;
}

/** A row in its place; the list measures it. */
export const ListRow = memo((props: ListRowProps) => (
  <div
    ref={props.measure}
    data-index={props.index}
    className="row-place"
    style={{ transform: `translateY(${props.start}px)` }}
  >
    <RowContent {...props} />
  </div>
));

function RowContent({ item, index, focusable, older, quoted, onJump }: ListRowProps) {
  const say = useSay();
  const called = useCalled();
  switch (item.kind) {
    case "start":
      return <StartRow more={item.more} older={older} />;
    case "day":
      return <DayRow at={item.at} />;
    case "new":
      return <NewRow />;
    case "message": {
      const news = newsOf(item.message, say, called);
      if (news !== undefined) return <NewsRow message={item.message} text={news} />;
      return (
        <MessageRow
          message={item.message}
          first={item.first}
          index={index}
          focusable={focusable}
          quoted={quoted}
          onJump={onJump}
        />
      );
    }
  }
}
