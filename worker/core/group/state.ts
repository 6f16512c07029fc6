import type { Membership, Role } from "../../../protocol/groups.ts";

/** What a group says about itself: one row, written when an entry of its log changes it. */
export interface GroupState {
  readonly title: string;
  readonly picture?: string;
  /** Who has uploaded the picture. */
  readonly pictureBy?: string;
  readonly about?: string;
  readonly writers: "all" | "admins";
  readonly inviters: "all" | "admins";
  readonly history: "join" | "start";
  readonly mode: "copy" | "large";
  /** How long messages live that are numbered now; absent: as long as the group. */
  readonly ttlSeconds?: number;
  /** Number of the entry from which on copies are kept, if they are. */
  readonly copyFrom: number;
  /** Number of the newest entry that changed any of this. */
  readonly version: number;
  /** Members who are there. */
  readonly size: number;
  /** Places given out; a member keeps the same one for ever. */
  readonly slots: number;
}

/** Somebody who is or was in the group: one row, written when their place changes. */
export interface Member {
  readonly user: string;
  readonly slot: number;
  readonly state: "member" | "left" | "removed";
  readonly role: Role;
  /** First number that this member sees. */
  readonly from: number;
  /** Number of the entry that brought them in, for the last time. */
  readonly since: number;
  /** Number of the newest entry that changed their place. */
  readonly version: number;
  /** Ms since 1970; null: may write like others. */
  readonly silencedUntil: number | null;
  /** Who has brought them in, for the last time; absent: they came by themself. */
  readonly by?: string;
  /** What they were told at the end: nothing that changed since is for them. */
  readonly parting: Membership | null;
}

/** A way in for who has the token. Revoked and expired ones are no links. */
export interface Link {
  /** First characters of the token: its name. */
  readonly link: string;
  readonly token: string;
  readonly by: string;
  readonly at: number;
  /** Ms since 1970; null: never. */
  readonly expiresAt: number | null;
}

const LINK_ID_LENGTH = 8;

export function linkIdOf(token: string): string {
  return token.slice(0, LINK_ID_LENGTH);
}

/** Number of the entry that made a member's place what it is. */
export function versionOf(group: GroupState, member: Member): number {
  return member.parting?.version ?? Math.max(member.version, group.version);
}

/** A member's own place, as that member is told. */
export function membershipOf(group: GroupState, member: Member): Membership {
  if (member.parting !== null) return member.parting;
  const { title, picture, about, writers, inviters, history, mode, copyFrom, ttlSeconds } = group;
  return {
    kind: "membership",
    version: versionOf(group, member),
    state: member.state,
    role: member.role,
    from: member.from,
    title,
    ...(picture === undefined ? {} : { picture }),
    ...(about === undefined ? {} : { about }),
    writers,
    inviters,
    history,
    mode,
    ...(mode === "copy" && copyFrom > 1 ? { copyFrom } : {}),
    ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
    ...(member.silencedUntil === null ? {} : { silencedUntil: member.silencedUntil }),
  };
}

/** A group that shrinks goes back to copies a good deal below the size at which it gave them up. */
const RETURN_SHARE = 0.75;

export function modeFor({ mode, size }: GroupState, copyMembers: number): GroupState["mode"] {
  if (size > copyMembers) return "large";
  return mode === "large" && size > copyMembers * RETURN_SHARE ? "large" : "copy";
}

export function isSilenced(member: Member, now: number): boolean {
  return member.silencedUntil !== null && member.silencedUntil > now;
}
