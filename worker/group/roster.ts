import type { Membership } from "../../protocol/groups.ts";
import type { GroupView, Plan } from "../core/group/plan.ts";
import { type GroupState, type Link, type Member, membershipOf } from "../core/group/state.ts";
import type { GroupStore } from "../group-store.ts";

/** Who is in the group, as what, and what the group says about itself. A cache over rows. */
export class Roster implements GroupView {
  readonly #store: GroupStore;
  readonly #members: Map<string, Member>;
  #group: GroupState | undefined;

  constructor(store: GroupStore) {
    this.#store = store;
    this.#group = store.group();
    this.#members = new Map(store.members().map((member) => [member.user, member]));
  }

  /** Undefined: nobody has made this group. */
  get group(): GroupState | undefined {
    return this.#group;
  }

  readonly member = (user: string): Member | undefined => this.#members.get(user);

  readonly links = (): readonly Link[] => this.#store.links();

  readonly link = (id: string): Link | undefined => this.#store.link(id);

  /** The admin, or else the member, who has been here longest. */
  readonly heir = (owner: string): Member | undefined => {
    const others = [...this.present()].filter((member) => member.user !== owner);
    const admins = others.filter((member) => member.role === "admin");
    const candidates = admins.length > 0 ? admins : others;
    return candidates.sort((a, b) => a.since - b.since || a.slot - b.slot)[0];
  };

  /** Everybody who is or was here, in the order of their first coming. */
  all(): IterableIterator<Member> {
    return this.#members.values();
  }

  *present(): Generator<Member> {
    for (const member of this.#members.values()) if (member.state === "member") yield member;
  }

  /** What this user is told of their own place; undefined: never had one. */
  membership(user: string): Membership | undefined {
    const member = this.#members.get(user);
    if (member === undefined || this.#group === undefined) return undefined;
    return membershipOf(this.#group, member);
  }

  /** `membership`, and who has brought them in, where somebody has. */
  placeOf(user: string): { readonly membership?: Membership; readonly invitedBy?: string } {
    const membership = this.membership(user);
    if (membership === undefined) return {};
    const { by } = this.#members.get(user) ?? {};
    return { membership, ...(by === undefined ? {} : { invitedBy: by }) };
  }

  carryOut({ group, members, link, revoked }: Omit<Plan, "body">): void {
    if (group !== this.#group) this.#store.saveGroup(group);
    this.#group = group;
    for (const member of members) {
      this.#store.saveMember(member);
      this.#members.set(member.user, member);
    }
    if (link !== undefined) this.#store.saveLink(link);
    if (revoked !== undefined) this.#store.deleteLink(revoked);
  }
}
