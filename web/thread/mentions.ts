import type { Called } from "../people/profiles.ts";
import type { Say } from "../text/texts.ts";

/** Who is meant in a text: `@` and their id, or all. */
export interface Meant {
  readonly mentions?: readonly string[] | undefined;
  readonly everyone?: boolean | undefined;
}

/** Stands in a text for all members of the group. */
export const EVERYONE = "everyone";

/** Not within an address: nothing of a name stands right before it. */
export const MENTION = /(?<![\w.@-])@([\w.@-]+)/;

/** Whom the word after an `@` means; what follows a name may be of its kind, as a full stop is. */
export function meantBy(word: string, isMeant: (id: string) => boolean): string | undefined {
  for (let end = word.length; end > 0; end -= 1) {
    const id = word.slice(0, end);
    if (isMeant(id) && !/\w/.test(word.charAt(end))) return id;
  }
  return undefined;
}

export function isMeantIn({ mentions, everyone }: Meant): (id: string) => boolean {
  return (id) => mentions?.includes(id) || (everyone === true && id === EVERYONE);
}

/** As it is shown: by the name that they have chosen. */
export function mentionText(id: string, meant: Meant, say: Say, called: Called): string {
  return `@${meant.mentions?.includes(id) ? called(id) : say("everybody")}`;
}

/** A whole text with its mentions as they are shown. */
export function withNames(text: string, meant: Meant, say: Say, called: Called): string {
  if (meant.mentions === undefined && meant.everyone === undefined) return text;
  return text.replace(new RegExp(MENTION, "g"), (whole, word: string) => {
    const id = meantBy(word, isMeantIn(meant));
    return id === undefined ? whole : mentionText(id, meant, say, called) + word.slice(id.length);
  });
}
