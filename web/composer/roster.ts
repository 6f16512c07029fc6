import { type HoldfastClient, isUserId } from "../../client/index.ts";
import { EVERYONE, MENTION, meantBy } from "../thread/mentions.ts";

/** Who can be meant in a group, as far as it is known here. */
export interface Roster {
  readonly users: readonly string[];
  /** False: there are more, or it was not asked for yet. */
  readonly isWhole: boolean;
}

/** Pages of 200. */
const MAX_PAGES = 5;
const rosters = new Map<string, Roster>();

/** Until it was asked for, those who have written. */
export function rosterOf(client: HoldfastClient, conversation: string): Roster {
  const known = rosters.get(conversation);
  if (known !== undefined) return known;
  const authors = client
    .messages(conversation)
    .get()
    .messages.map(({ from }) => from);
  return { users: [...new Set(authors)], isWhole: false };
}

export async function askRoster(client: HoldfastClient, conversation: string): Promise<void> {
  const users: string[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const { members, next } = await client.members(conversation, after);
    users.push(...members.map(({ user }) => user));
    after = next;
    if (after === undefined) break;
  }
  rosters.set(conversation, { users, isWhole: after === undefined });
}

/** Whom a text that is about to be sent means. `everyone` is an admin's to say. */
export function meantIn(
  text: string,
  { users, isWhole }: Roster,
  mayAll: boolean,
): { mentions?: string[]; everyone?: boolean } {
  const isMember = (id: string) => users.includes(id) || (!isWhole && isUserId(id));
  const mentions = new Set<string>();
  let everyone = false;
  for (const [, word = ""] of text.matchAll(new RegExp(MENTION, "g"))) {
    const isAll = mayAll && meantBy(word, (id) => id === EVERYONE) !== undefined;
    const id = isAll ? undefined : meantBy(word, isMember);
    if (id !== undefined) mentions.add(id);
    everyone ||= isAll;
  }
  return { ...(mentions.size > 0 && { mentions: [...mentions] }), ...(everyone && { everyone }) };
}
