import { LIMITS, utf8Bytes } from "../../client/index.ts";

/** By how many bytes a text is too long for one message. */
export function excessOf(text: string): number {
  // No text of so few characters can be too long: most need no counting.
  if (text.length * 4 <= LIMITS.textBytes) return 0;
  return Math.max(0, utf8Bytes(text.trim()) - LIMITS.textBytes);
}
