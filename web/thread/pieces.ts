/** A message's text, cut into what is shown differently; never markup. */
export interface Piece {
  readonly kind: "text" | "link" | "code";
  readonly text: string;
  /** Where it begins in the whole text. */
  readonly at: number;
}

const SPECIAL = /`([^`\n]+)`|https?:\/\/[^\s<>"'`]+/gi;
// Punctuation after an address belongs to the sentence around it.
const TRAILING = /[.,;:!?)\]}，。；：！？）」』】]+$/;

export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  const addText = (until: number) => {
    if (until > done) pieces.push({ kind: "text", text: text.slice(done, until), at: done });
  };
  for (const match of text.matchAll(SPECIAL)) {
    const [whole, code] = match;
    addText(match.index);
    const link = whole.replace(TRAILING, "");
    if (code !== undefined) pieces.push({ kind: "code", text: code, at: match.index });
    else pieces.push({ kind: "link", text: link, at: match.index });
    done = match.index + (code === undefined ? link : whole).length;
  }
  addText(text.length);
  return pieces;
}
