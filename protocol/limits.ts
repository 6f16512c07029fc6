/**
 * Every bound that does not change while running. What an operator may change stands in
 * settings.ts; `GET /v1/limits` tells both. Sizes are UTF-8 bytes unless the name says otherwise.
 */
export const LIMITS = {
  /** One frame, either direction; a longer one closes the socket with 1009. */
  frameBytes: 65_536,
  /** Text of a message or an edit. */
  textBytes: 8_192,
  /** Data of a custom content. */
  customBytes: 16_384,
  /** A whole content as JSON, where some characters take six bytes. */
  contentBytes: 40_960,
  /** One emoji of a reaction (a family with skin tones takes 41). */
  emojiBytes: 64,
  /** Distinct emoji on one message. */
  emojiPerMessage: 32,
  /** Edits of one message. */
  editsPerMessage: 100,
  /** Messages in one submit frame. */
  submitItems: 64,
  /** Entries that one ack may list as kept aside. */
  asideEntries: 64,
  /** Live, un-acked entries per device; catch-up pages are bound by bytes alone. */
  windowEntries: 64,
  windowBytes: 262_144,
  /** One catch-up or history page. */
  pageBytes: 65_536,
  historyEntries: 200,
  /** The longest time that a message may be given, and different ones at a time in one log. */
  ttlSeconds: 10 * 365 * 86_400,
  ttlsUnderWay: 32,
  /** What is looked for, and the hits in one page. */
  searchBytes: 512,
  searchHits: 50,
  /** Conversations in one page of the starting state. */
  snapshotConversations: 50,
  devicesPerUser: 10,
  /** Poisoned entries that one device may hold back. */
  exceptionsPerDevice: 32,
  /** Spans of messages below a delivered mark that no device has. */
  exceptSpans: 32,
  /** Entries in one hand-off between objects. */
  handOffEntries: 100,
  /** Accepted messages without a number that one user's object keeps. */
  pendingAppends: 5_000,
  /** Outbox of a client. */
  outboxMessages: 5_000,
  outboxBytes: 16 * 1024 * 1024,
  /** Files that wait with it, all together. */
  outboxFileBytes: 256 * 1024 * 1024,
  nameBytes: 256,
  /** What a group says about itself. */
  aboutBytes: 2_048,
  /** People whom one entry adds to a group or removes from it. */
  membersPerChange: 100,
  membersPerGroup: 100_000,
  linksPerGroup: 32,
  /** People whom one message mentions by name. */
  mentions: 50,
  /** People whom one user keeps out. */
  blockedUsers: 500,
  /** People at whom one device looks at a time. */
  watchedUsers: 32,
  /** Questions to the directory, and people asked for by name in one. */
  lookupsPerMinute: 20,
  profilesPerLookup: 50,
  /** Folders that one user makes. */
  folders: 64,
  /** Files of one user, and uploads among them that are not complete. */
  filesPerUser: 20_000,
  openUploads: 256,
  /** What one request of an upload carries; the last part has the rest. */
  filePartBytes: 1_048_576,
  /** A picture with more is taken for any file. */
  imagePixels: 50_000_000,
  /** A picture that stands for a user or a group. */
  pictureBytes: 1_048_576,
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
