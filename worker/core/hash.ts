import type { Content, Priority } from "../../protocol/entries.ts";

/**
 * Hash of what was submitted, 52 bits: tells a repeated message id with the same payload from one
 * with another. Two runs of FNV-1a (32 bit, different offsets) over the canonical JSON; a collision
 * would only make a faulty client's conflict look like a repeat.
 */
export function payloadHash(content: Content, priority: Priority): number {
  const text = canonicalJson([priority, content]);
  return fnv1a(text, 0x811c9dc5) * 0x100000 + (fnv1a(text, 0x01000193) >>> 12);
}

/** 32-bit FNV-1a (Fowler, Noll, Vo) over UTF-16 code units. */
export function fnv1a(text: string, offset = 0x811c9dc5): number {
  let hash = offset;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
