/** Those of `LIMITS` that every device needs: its bundle has these and not the others. */
export const DEVICE_LIMITS = {
  /** One frame, either direction; a longer one closes the socket with 1009. */
  frameBytes: 65_536,
  /** Messages in one submit frame. */
  submitItems: 64,
  /** Entries that one ack may list as kept aside. */
  asideEntries: 64,
  /** Entries in one history page. */
  historyEntries: 200,
  /** Spans of messages below a delivered mark that no device has. */
  exceptSpans: 32,
  /** Outbox of a client. */
  outboxMessages: 5_000,
  outboxBytes: 16 * 1024 * 1024,
} as const;

/** Length of a text on the wire. Counted, not encoded: this is asked of every entry and frame. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // A pair takes 4 bytes for its 2 units; a surrogate alone becomes U+FFFD, which takes 3.
    if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(i + 1))) {
      bytes += 2;
      i += 1;
    } else bytes += unit < 0x800 ? 1 : 2;
  }
  return bytes;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
