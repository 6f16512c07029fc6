/** What an app sees of groups. */
import type { SendHandle } from "./model.ts";

export type GroupRole = "owner" | "admin" | "member";

/** What a group says about itself, and who may do what in it. */
interface GroupTerms {
  readonly title: string;
  /** Reference of an uploaded picture. */
  readonly picture?: string | undefined;
  readonly about?: string | undefined;
  /** Who may write. Default: all. */
  readonly writers: "all" | "admins";
  /** Who may add people. Default: admins. */
  readonly inviters: "all" | "admins";
  /** Where a new member's view begins: at the join (default), or at the first entry. */
  readonly history: "join" | "start";
}

/** This user's own place in a group. */
export interface GroupPlace extends GroupTerms {
  /** False until the server has heard of a group that was made here. */
  readonly isKnown: boolean;
  /** Anything but `member`: what is here can be read, nothing more comes. */
  readonly state: "member" | "left" | "removed" | "gone";
  readonly role: GroupRole;
  /** First number that this member sees. */
  readonly from: number;
  /** `large`: one log for all, of which devices fetch what they need. */
  readonly mode: "copy" | "large";
  /** May read and not write until then, ms since 1970. */
  readonly silencedUntil?: number | undefined;
}

export type NewGroup = Pick<GroupTerms, "title"> &
  Partial<GroupTerms> & { readonly members?: readonly string[] };

export type GroupChange = Partial<GroupTerms>;

export interface CreatedGroup {
  /** Fresh, and good for everything at once: what is sent there goes after it. */
  readonly conversation: string;
  readonly handle: SendHandle;
}

export interface CreatedLink {
  /** Opens the group: for an invitation's address, together with the conversation. */
  readonly token: string;
  /** Names the link without opening anything. */
  readonly link: string;
  readonly handle: SendHandle;
}

export interface GroupInfo {
  readonly members: number;
  /** Newest number of its log. */
  readonly head: number;
}

export interface GroupMember {
  readonly user: string;
  readonly role: GroupRole;
  /** Number of the entry that brought them in. */
  readonly since: number;
  readonly silencedUntil?: number;
}

export interface MembersPage {
  readonly members: readonly GroupMember[];
  /** Ask for the page after this member; absent: there is none. */
  readonly next?: string;
}

/** How many of the `of` others who can see a message have it on a device, and have read it. */
export interface Reach {
  readonly delivered: number;
  readonly read: number;
  readonly of: number;
}

export interface ReceiptsPage extends Reach {
  readonly number: number;
  /** Others whose object has it; a recall is complete once that is everybody. */
  readonly copies: number;
  /** Others whose object has been out of reach for long: they get it when they return. */
  readonly unreachable: number;
  readonly members: readonly {
    readonly user: string;
    readonly copied: boolean;
    readonly delivered: boolean;
    readonly read: boolean;
  }[];
  /** Ask for the page after this member; absent: there is none. */
  readonly next?: string;
}

export interface GroupLink {
  /** Names the link without opening anything. */
  readonly link: string;
  readonly token: string;
  readonly by: string;
  /** Ms since 1970. */
  readonly at: number;
  readonly expiresAt?: number;
}
