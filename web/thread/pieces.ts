import { isMeantIn, MENTION, type Meant, meantBy } from "./mentions.ts";

/** A message's text, cut into what is shown differently; never markup. */
export interface Piece {
  readonly kind: "text" | "link" | "code" | "mention";
  /** Of a mention: who is meant. */
  readonly text: string;
  /** Where it begins in the whole text. */
  readonly at: number;
}

const SPECIAL = new RegExp(`\`([^\`\\n]+)\`|${MENTION.source}|https?://[^\\s<>"'\`]+`, "gi");
// Punctuation after an address belongs to the sentence around it.
const TRAILING = /[.,;:!?)\]}，。；：！？）」』】]+$/;

export function piecesOf(text: string, meant: Meant = {}): readonly Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  const addText = (until: number) => {
    if (until > done) pieces.push({ kind: "text", text: text.slice(done, until), at: done });
  };
  const add = (kind: Piece["kind"], shown: string, at: number, length: number) => {
    addText(at);
    pieces.push({ kind, text: shown, at });
    done = at + length;
  };
  for (const match of text.matchAll(SPECIAL)) {
    const [whole, code, word] = match;
    if (code !== undefined) {
      add("code", code, match.index, whole.length);
    } else if (word !== undefined) {
      const id = meantBy(word, isMeantIn(meant));
      if (id !== undefined) add("mention", id, match.index, id.length + 1);
    } else {
      const link = whole.replace(TRAILING, "");
      add("link", link, match.index, link.length);
    }
  }
  addText(text.length);
  return pieces;
}
