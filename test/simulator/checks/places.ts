import type { Membership } from "../../../protocol/groups.ts";
import { isGroup } from "../../../worker/core/home.ts";
import type { LogRow } from "../../../worker/core/row.ts";
import type { Truth } from "./truth.ts";

/** A user's places in groups, as rows say, and what they mean for the rows that follow. */
export class Places {
  readonly memberships = new Map<string, Membership>();
  /** Groups that this user has been out of. */
  readonly left = new Set<string>();
  /** Where each of their views began. */
  readonly #joins = new Set<string>();
  readonly #user: string;

  constructor(user: string) {
    this.#user = user;
  }

  /** Whoever comes or goes has not missed what was there: up to here all is read. */
  take(conversation: string, place: Membership): number {
    const before = this.memberships.get(conversation);
    this.memberships.set(conversation, place);
    this.#joins.add(`${conversation} ${place.from}`);
    if (place.state !== "member") this.left.add(conversation);
    const isNew = before?.state !== "member" || place.from > before.from;
    return place.state !== "member" || isNew ? place.version - 1 : 0;
  }

  /** A copy goes on; one of a group may begin again, and a large one has none. */
  continues({ conversation, number, origin }: LogRow, head: number): boolean {
    if (number === head + 1) return true;
    if (!isGroup(conversation) || number <= head) return false;
    const { from = 1, mode, copyFrom = 1 } = this.memberships.get(conversation) ?? {};
    // Who is back gets their own words of before, ahead of where the copy begins anew; and whoever has
    // missed that it was large for a while, what is a row of theirs all the same.
    const isLate = (number < from && origin.user === this.#user) || number < copyFrom;
    // Grown small again, its copies begin where that is said.
    const isAnew = mode === "copy" && number === copyFrom;
    return mode === "large" || isAnew || this.#joins.has(`${conversation} ${number}`) || isLate;
  }

  /** B5: in a large group an entry is a row of few: of its author, and of whose words it changes. */
  isNeedless({ conversation, origin, body }: LogRow, truth: Truth): boolean {
    if (this.memberships.get(conversation)?.mode !== "large") return false;
    // Who was away from copies that go on is owed what was changed in them (R11).
    if (origin.user === this.#user || this.left.has(conversation)) return false;
    const target = "target" in body ? truth.at(conversation, body.target) : undefined;
    return target?.id.startsWith(`${this.#user}:`) !== true;
  }
}
