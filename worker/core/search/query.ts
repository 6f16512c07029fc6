import { isUnspaced, type Token, tokenize } from "./tokens.ts";

/** Tokens that must stand next to each other; the last one may be the beginning of a longer one. */
export interface Clause {
  readonly terms: readonly string[];
  readonly isPrefix: boolean;
}

export type ParsedQuery =
  | { readonly ok: true; readonly clauses: readonly Clause[] }
  | { readonly ok: false; readonly rule: string };

const MAX_TERMS = 32;

/** A single letter begins too many words; the scripts without spaces have others. */
const PREFIX_CHARACTERS = 2;

/**
 * Words that must all be there, each as it is or as a beginning; "in quotes" exactly so. Nothing
 * else has a meaning, so there is nothing to escape.
 */
export function parseQuery(text: string): ParsedQuery {
  const clauses = [...text.matchAll(/"([^"]*)"?|[^\s"]+/g)].flatMap(({ 0: word, 1: quoted }) =>
    clauseOf(quoted ?? word, quoted !== undefined),
  );
  const terms = clauses.reduce((sum, clause) => sum + clause.terms.length, 0);
  if (terms === 0) return { ok: false, rule: "words" };
  return terms > MAX_TERMS ? { ok: false, rule: `max-terms:${MAX_TERMS}` } : { ok: true, clauses };
}

function clauseOf(text: string, isQuoted: boolean): Clause[] {
  const all = tokenize(text);
  // What follows a run without spaces says that the run ends there; nothing after it does not.
  const kept = all.filter((token, index) => !isTail(all, token, index));
  const last = kept.at(-1)?.term;
  if (last === undefined) return [];
  const isOpen = isUnspaced(last) || (!isQuoted && [...last].length >= PREFIX_CHARACTERS);
  return [{ terms: kept.map(({ term }) => term), isPrefix: isOpen }];
}

/** The single character after the last pair of a run that ends the text. */
function isTail(all: readonly Token[], token: Token, index: number): boolean {
  const before = all[index - 1];
  const isLast = index === all.length - 1 && isUnspaced(token.term);
  return isLast && before !== undefined && before.to === token.to && before.from < token.from;
}
