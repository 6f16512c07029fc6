import { type RefObject, useEffect, useState } from "react";

/** Where the caret of a field stands, now that `text` is in it. */
export function useCaret(field: RefObject<HTMLTextAreaElement | null>, text: string): number {
  const [caret, setCaret] = useState(text.length);
  useEffect(() => {
    const read = () => setCaret(field.current?.selectionEnd ?? 0);
    read();
    document.addEventListener("selectionchange", read);
    return () => document.removeEventListener("selectionchange", read);
  }, [field]);
  return Math.min(field.current?.selectionEnd ?? caret, text.length);
}
