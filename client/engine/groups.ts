import { groupConversation } from "../../protocol/names.ts";
import type {
  CreatedGroup,
  CreatedLink,
  GroupChange,
  GroupInfo,
  GroupLink,
  GroupRole,
  MembersPage,
  NewGroup,
  ReceiptsPage,
  SendHandle,
} from "../model.ts";
import { Personal } from "./personal.ts";
import { Questions } from "./questions.ts";

/**
 * Groups. All of this is said in the group itself, like a message: it works without a connection,
 * is never done twice, and what the group refuses is told by the handle and forgotten (a new group
 * that is refused stays, like a message, until it is dropped).
 */
export abstract class Groups extends Personal {
  protected readonly questions = new Questions(this.config, this.options.platform, this.tokens);

  override async close(): Promise<void> {
    this.questions.stop();
    await super.close();
  }

  /** With at most 100 `members`, who are there from the first entry on; this user is its owner. */
  createGroup(group: NewGroup): CreatedGroup {
    const conversation = groupConversation(this.options.platform.random.id());
    const { members = [], ...about } = group;
    const handle = this.send(conversation, {
      kind: "group-create",
      members: [...members],
      ...about,
    });
    return { conversation, handle };
  }

  /** What is left out stays as it is; an empty picture or about takes it away. */
  changeGroup(conversation: string, change: GroupChange): SendHandle {
    return this.send(conversation, { kind: "group-change", ...change });
  }

  /**
   * At most 100 at a time; who is there already is passed over. Refused with `not-found` and the
   * field (`body.users.1`) of somebody who does not exist, and then nobody is added; with `rate`
   * beyond so many a day.
   */
  addMembers(conversation: string, users: readonly string[]): SendHandle {
    return this.send(conversation, { kind: "members-add", users: [...users] });
  }

  /** At most 100 at a time. From then on the group is read-only to them, as far as they have it. */
  removeMembers(conversation: string, users: readonly string[]): SendHandle {
    return this.send(conversation, { kind: "members-remove", users: [...users] });
  }

  leave(conversation: string): SendHandle {
    return this.send(conversation, { kind: "leave" });
  }

  /** `owner` hands the group over: there is exactly one. */
  setRole(conversation: string, user: string, role: GroupRole): SendHandle {
    return this.send(conversation, { kind: "member-role", user, role });
  }

  /** The member may read and not write until a time, ms since 1970; null: may write again. */
  silence(conversation: string, user: string, untilMs: number | null): SendHandle {
    return this.send(conversation, { kind: "member-silence", user, until: untilMs });
  }

  /** Whoever has conversation and `token` may join, until `expiresAt` (ms since 1970) if given. */
  createLink(conversation: string, options: { readonly expiresAt?: number } = {}): CreatedLink {
    const token = this.options.platform.random.id();
    const handle = this.send(conversation, { kind: "link-create", token, ...options });
    return { token, link: token.slice(0, LINK_CHARACTERS), handle };
  }

  /** By the link's id: nobody joins by it any more. */
  revokeLink(conversation: string, link: string): SendHandle {
    return this.send(conversation, { kind: "link-revoke", link });
  }

  /** Refused with `not-found` when the link has ended, or this user was removed from the group. */
  joinByLink(conversation: string, token: string): SendHandle {
    return this.send(conversation, { kind: "join", token });
  }

  /** How many are in a group, as of now. Rejects with `not-found` for who is not. */
  async groupInfo(conversation: string): Promise<GroupInfo> {
    return (await queries()).groupInfo(this.questions, conversation);
  }

  /** Members of a group in the order of their coming, 200 a page. */
  async members(conversation: string, after?: string): Promise<MembersPage> {
    return (await queries()).membersPage(this.questions, conversation, after);
  }

  /** Who has the message `number` of a group, 200 members a page. */
  async receipts(conversation: string, number: number, after?: string): Promise<ReceiptsPage> {
    return (await queries()).receiptsPage(this.questions, conversation, number, after);
  }

  /** Links that let people in. Rejects with `not-allowed` for who may not make any. */
  async links(conversation: string): Promise<readonly GroupLink[]> {
    return (await queries()).openLinks(this.questions, conversation);
  }
}

/** The first characters of a link's token name it without opening anything. */
const LINK_CHARACTERS = 8;

/** Only who looks into a group needs them. */
function queries() {
  return import("./group-queries.ts");
}
