import type { Highlight } from "../../../protocol/search.ts";
import type { Clause } from "./query.ts";
import { endOf, type Token, tokenize } from "./tokens.ts";

/** A text of a message that can be searched, by the name that it has in the body. */
export interface Field {
  readonly name: Highlight["field"];
  readonly text: string;
}

export interface Match {
  readonly highlights: readonly Highlight[];
  /** Above 0: how much the text is about what was looked for. */
  readonly relevance: number;
}

/** The usual constants of BM25, and the length that a message is taken to have on average. */
const SATURATION = 1.2;
const LENGTH_WEIGHT = 0.75;
const AVERAGE_TOKENS = 12;
const PREFIX_WEIGHT = 0.6;

/**
 * The judge of every hit, for indexed messages and for those that are not: each clause must be in
 * some field. Undefined: no match.
 */
export function matchFields(
  fields: readonly Field[],
  clauses: readonly Clause[],
): Match | undefined {
  const read = fields.map((field) => ({ field, tokens: tokenize(field.text) }));
  const length = read.reduce((sum, { tokens }) => sum + tokens.length, 0);
  const highlights: Highlight[] = [];
  let relevance = clauses.length === 0 ? 1 : 0;
  for (const clause of clauses) {
    const found = read.flatMap(({ field, tokens }) => findClause(field, tokens, clause));
    if (found.length === 0) return undefined;
    highlights.push(...found.map(({ highlight }) => highlight));
    relevance += weight(
      found.reduce((sum, { isWhole }) => sum + (isWhole ? 1 : PREFIX_WEIGHT), 0),
      length,
    );
  }
  return { highlights: joined(highlights), relevance };
}

/** BM25 without the rarity of words: all of them must be there, so it would weigh nothing. */
function weight(frequency: number, length: number): number {
  const norm = 1 - LENGTH_WEIGHT + (LENGTH_WEIGHT * length) / AVERAGE_TOKENS;
  return (frequency * (SATURATION + 1)) / (frequency + SATURATION * norm);
}

function findClause(field: Field, tokens: readonly Token[], { terms, isPrefix }: Clause) {
  const found: { readonly highlight: Highlight; readonly isWhole: boolean }[] = [];
  const lastTerm = terms.at(-1) ?? "";
  for (let start = 0; start + terms.length <= tokens.length; start++) {
    const run = tokens.slice(start, start + terms.length);
    const isMatch = run.every(({ term }, index) =>
      isPrefix && index === terms.length - 1 ? term.startsWith(lastTerm) : term === terms[index],
    );
    const [first, last] = [run[0], run.at(-1)];
    if (!isMatch || first === undefined || last === undefined) continue;
    const isWhole = last.term === lastTerm;
    const to = isWhole ? last.to : endOf(field.text, last, lastTerm.length);
    found.push({ highlight: { field: field.name, from: first.from, to }, isWhole });
  }
  return found;
}

/** In the order of the text, those that touch or overlap as one. */
function joined(highlights: readonly Highlight[]): Highlight[] {
  const sorted = [...highlights].sort((a, b) => compareNames(a, b) || a.from - b.from);
  const merged: Highlight[] = [];
  for (const next of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && last.field === next.field && next.from <= last.to) {
      merged[merged.length - 1] = { ...last, to: Math.max(last.to, next.to) };
    } else merged.push(next);
  }
  return merged;
}

function compareNames(a: Highlight, b: Highlight): number {
  if (a.field === b.field) return 0;
  return a.field < b.field ? -1 : 1;
}
