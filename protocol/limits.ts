import { DEVICE_LIMITS } from "./device-limits.ts";

export { utf8Bytes } from "./device-limits.ts";

/**
 * Every bound that does not change while running. What an operator may change stands in
 * settings.ts; `GET /v1/limits` tells both. Sizes are UTF-8 bytes unless the name says otherwise.
 */
export const LIMITS = {
  ...DEVICE_LIMITS,
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
  /** Live, un-acked entries per device; catch-up pages are bound by bytes alone. */
  windowEntries: 64,
  windowBytes: 262_144,
  /** One catch-up or history page. */
  pageBytes: 65_536,
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
  /** Entries in one hand-off between objects. */
  handOffEntries: 100,
  /** Accepted messages without a number that one user's object keeps. */
  pendingAppends: 5_000,
  /** Files that wait with the outbox, all together. */
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
  /** Groups that one device looks at at a time, and members of the largest that tells who types. */
  watchedGroups: 8,
  typingMembers: 50,
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
