import { fnv1a } from "../hash.ts";

/**
 * One part of an index: for each term the seqs of the entries that have it. It is kept as text, one
 * line a term, so that a term is found by the runtime's own string search, without decoding the
 * rest: "\n", the term, "\t", the first seq, the gaps to the next ones, "\t", the last seq.
 *
 * Terms hold letters, digits, marks and pictographs; tags begin with "@". Neither has "\n" or "\t".
 */
export type Part = string;

export type Postings = ReadonlyMap<string, readonly number[]>;

/** How much of a tag says in which part it stands: the kind, so that all of a kind are together. */
const TAG_KIND = 2;

/** In which of `parts` a term stands; all that begin with the same character are together. */
export function partOf(term: string, parts: number): number {
  if (parts === 1) return 0;
  const key = term.startsWith("@")
    ? term.slice(0, TAG_KIND)
    : String.fromCodePoint(term.codePointAt(0) ?? 0);
  return fnv1a(key) % parts;
}

/** Seqs ascend. */
export function encodePart(postings: Postings): Part {
  return [...postings].map(([term, seqs]) => lineOf(term, seqs)).join("");
}

export function decodePart(part: Part): Map<string, number[]> {
  const lines = part === "" ? [] : part.slice(1).split("\n");
  return new Map(
    lines.map((line) => {
      const [term = "", gaps = ""] = line.split("\t");
      return [term, seqsOf(gaps)];
    }),
  );
}

export function findTerm(part: Part, term: string): number[] {
  const at = part.indexOf(`\n${term}\t`);
  return at === -1 ? [] : seqsAt(part, at);
}

/** The seqs of all terms that begin so, and that `accepts` takes, ascending. */
export function findPrefix(
  part: Part,
  prefix: string,
  accepts: (term: string) => boolean = () => true,
): number[] {
  const lists: number[][] = [];
  const wanted = `\n${prefix}`;
  for (let at = part.indexOf(wanted); at !== -1; at = part.indexOf(wanted, at + 1)) {
    const term = part.slice(at + 1, part.indexOf("\t", at));
    if (accepts(term)) lists.push(seqsAt(part, at));
  }
  const [only] = lists;
  if (only !== undefined && lists.length === 1) return only;
  return [...new Set(lists.flat())].sort((a, b) => a - b);
}

/**
 * Joins parts whose seqs follow each other, and deals their terms out to `parts` new ones. Lists are
 * joined as text.
 */
export function mergeParts(sources: readonly Part[], parts: number): Map<number, Part> {
  const lists = new Map<string, { gaps: string; last: number }>();
  for (const source of sources) {
    for (const line of source === "" ? [] : source.slice(1).split("\n")) {
      const [term = "", gaps = "", last = ""] = line.split("\t");
      const known = lists.get(term);
      if (known === undefined) lists.set(term, { gaps, last: Number(last) });
      else {
        known.gaps += `,${rebased(gaps, known.last)}`;
        known.last = Number(last);
      }
    }
  }
  const merged = new Map<number, string>();
  for (const [term, { gaps, last }] of lists) {
    const part = partOf(term, parts);
    merged.set(part, `${merged.get(part) ?? ""}\n${term}\t${gaps}\t${last}`);
  }
  return merged;
}

/** A part in pieces of at most so many characters, cut between lines; one line is never cut. */
export function piecesOf(part: Part, characters: number): string[] {
  const pieces: string[] = [];
  let from = 0;
  while (part.length - from > characters) {
    const before = part.lastIndexOf("\n", from + characters);
    const cut = before > from ? before : part.indexOf("\n", from + characters);
    if (cut === -1) break;
    pieces.push(part.slice(from, cut));
    from = cut;
  }
  return [...pieces, part.slice(from)];
}

function lineOf(term: string, seqs: readonly number[]): string {
  let last = 0;
  const gaps = seqs.map((seq) => {
    const gap = seq - last;
    last = seq;
    return gap;
  });
  return `\n${term}\t${gaps.join(",")}\t${last}`;
}

function seqsAt(part: Part, at: number): number[] {
  const from = part.indexOf("\t", at) + 1;
  return seqsOf(part.slice(from, part.indexOf("\t", from)));
}

function seqsOf(gaps: string): number[] {
  let seq = 0;
  return gaps.split(",").map((gap) => {
    seq += Number(gap);
    return seq;
  });
}

/** A list whose first number is a seq, as one that goes on after `last`. */
function rebased(gaps: string, last: number): string {
  const comma = gaps.indexOf(",");
  const first = comma === -1 ? gaps : gaps.slice(0, comma);
  return `${Number(first) - last}${comma === -1 ? "" : gaps.slice(comma)}`;
}
