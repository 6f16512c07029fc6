import type { SearchHit } from "../../client/index.ts";

interface HighlightedProps {
  readonly text: string;
  readonly highlights: readonly Pick<SearchHit["highlights"][number], "from" | "to">[];
}

/** So much of the text before the first hit is shown, that it can be seen in one line or two. */
const LEAD = 24;

/** A text with what was looked for marked in it. */
export function Highlighted({ text, highlights }: HighlightedProps) {
  const ascending = [...highlights].sort((a, b) => a.from - b.from);
  const first = ascending[0]?.from ?? 0;
  let at = first > 2 * LEAD ? wordStart(text, first - LEAD) : 0;
  const parts = [at > 0 ? "…" : ""];
  const marked = ascending.flatMap(({ from, to }) => {
    const before = text.slice(at, Math.max(at, from));
    const hit = text.slice(Math.max(at, from), to);
    at = Math.max(at, to);
    return [before, <mark key={from}>{hit}</mark>];
  });
  return (
    <>
      {parts}
      {marked}
      {text.slice(at)}
    </>
  );
}

function wordStart(text: string, from: number): number {
  const space = text.indexOf(" ", from);
  return space === -1 || space > from + LEAD ? from : space + 1;
}
