/**
 * Groups: what their members say about the group itself, and what each member is told of their own
 * place in it. Managing a group is content like any other: it has an id, is judged once by the home,
 * stands in the log under a number, and may be written offline.
 */
import * as v from "valibot";
import { userIdSchema } from "./ids.ts";
import { LIMITS, utf8Bytes } from "./limits.ts";

function boundedText(bytes: number) {
  return v.pipe(
    v.string(),
    v.check((text) => utf8Bytes(text) <= bytes, `max-bytes:${bytes}`),
  );
}

const versionSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const timeSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const titleSchema = v.pipe(boundedText(LIMITS.nameBytes), v.nonEmpty("not-empty"));
/** Reference of a picture that was uploaded; empty: none. */
const pictureSchema = boundedText(LIMITS.nameBytes);
const aboutSchema = boundedText(LIMITS.aboutBytes);
const usersSchema = v.pipe(v.array(userIdSchema), v.maxLength(LIMITS.membersPerChange));

/** 128 bits and more, made by the client: 22 characters of base64url. */
export const linkTokenSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/, "link-token"));
/** The first characters of a link's token: names the link without opening anything. */
export const linkIdSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{8}$/, "link-id"));

export const roleSchema = v.picklist(["owner", "admin", "member"]);
export type Role = v.InferOutput<typeof roleSchema>;

const rightSchema = v.picklist(["all", "admins"]);

/** Who may do what in a group; changed by its admins. */
const groupRights = {
  /** Who may write. */
  writers: rightSchema,
  /** Who may add people. */
  inviters: rightSchema,
  /** Where a new member's view begins: at the join, or at the first entry. */
  history: v.picklist(["join", "start"]),
};

/** The first entry of a group's log. Its conversation is `group:` and 22 fresh random characters. */
export const groupCreateSchema = v.strictObject({
  kind: v.literal("group-create"),
  title: titleSchema,
  picture: v.optional(pictureSchema),
  about: v.optional(aboutSchema),
  members: usersSchema,
  writers: v.optional(groupRights.writers),
  inviters: v.optional(groupRights.inviters),
  history: v.optional(groupRights.history),
});

export const groupChangeSchema = v.strictObject({
  kind: v.literal("group-change"),
  title: v.optional(titleSchema),
  picture: v.optional(pictureSchema),
  about: v.optional(aboutSchema),
  writers: v.optional(groupRights.writers),
  inviters: v.optional(groupRights.inviters),
  history: v.optional(groupRights.history),
});

export const membersAddSchema = v.strictObject({
  kind: v.literal("members-add"),
  users: v.pipe(usersSchema, v.minLength(1)),
});

export const membersRemoveSchema = v.strictObject({
  kind: v.literal("members-remove"),
  users: v.pipe(usersSchema, v.minLength(1)),
});

/** `owner` hands the group over: there is exactly one. */
export const memberRoleSchema = v.strictObject({
  kind: v.literal("member-role"),
  user: userIdSchema,
  role: roleSchema,
});

/** This member may read and not write until then, ms since 1970; null takes it back. */
export const memberSilenceSchema = v.strictObject({
  kind: v.literal("member-silence"),
  user: userIdSchema,
  until: v.nullable(timeSchema),
});

export const leaveSchema = v.strictObject({ kind: v.literal("leave") });

/** By who is no member yet. In the log it stands without the token. */
export const joinSchema = v.strictObject({
  kind: v.literal("join"),
  token: linkTokenSchema,
});

/** In the log it stands with the link's id in the token's place. */
export const linkCreateSchema = v.strictObject({
  kind: v.literal("link-create"),
  token: linkTokenSchema,
  expiresAt: v.optional(timeSchema),
});

export const linkRevokeSchema = v.strictObject({
  kind: v.literal("link-revoke"),
  link: linkIdSchema,
});

/** How `join` stands in the log. */
export const joinedBodySchema = v.strictObject({ kind: v.literal("joined"), link: linkIdSchema });

/** How `link-create` stands in the log. */
export const linkCreatedBodySchema = v.strictObject({
  kind: v.literal("link-created"),
  link: linkIdSchema,
  expiresAt: v.optional(timeSchema),
});

/** From this entry on the group keeps a copy per member, or its own log alone. */
export const groupModeBodySchema = v.strictObject({
  kind: v.literal("group-mode"),
  mode: v.picklist(["copy", "large"]),
});

/**
 * One member's own place in a group, as the group last told it: the newest `version` counts. It is
 * an entry of that user's timeline alone.
 */
export const membershipBodySchema = v.strictObject({
  kind: v.literal("membership"),
  /** Number of the log's entry that made it so; grows. */
  version: versionSchema,
  state: v.picklist(["member", "left", "removed", "gone"]),
  role: roleSchema,
  /** First number that this member sees; everything before is withheld. */
  from: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  title: titleSchema,
  picture: v.optional(pictureSchema),
  about: v.optional(aboutSchema),
  ...groupRights,
  /** `large`: entries pass through, and each device follows the group's own log. */
  mode: v.picklist(["copy", "large"]),
  /** Copies begin at this number; what is before is in the group's own log alone. Absent: at 1. */
  copyFrom: v.optional(versionSchema),
  silencedUntil: v.optional(timeSchema),
  /** Messages that are written now live for so many seconds; absent: as long as the group. */
  ttlSeconds: v.optional(versionSchema),
});
export type Membership = v.InferOutput<typeof membershipBodySchema>;

/** What may be submitted to a group beside messages. */
export const groupContentSchemas = [
  groupCreateSchema,
  groupChangeSchema,
  membersAddSchema,
  membersRemoveSchema,
  memberRoleSchema,
  memberSilenceSchema,
  leaveSchema,
  joinSchema,
  linkCreateSchema,
  linkRevokeSchema,
] as const;

/** What stands in a group's log and nobody submits, and what a member's timeline holds. */
export const groupBodySchemas = [
  joinedBodySchema,
  linkCreatedBodySchema,
  groupModeBodySchema,
  membershipBodySchema,
] as const;
