import { type Cluster, clusters } from "./fold.ts";

/**
 * One thing to be found. Where words are parted by spaces, a word; in scripts without (Chinese,
 * Japanese, Korean, Thai …) each pair of neighbours, and the last character of a run alone, so that
 * whatever two characters somebody looks for is a token, and a single one begins a token.
 */
export interface Token {
  readonly term: string;
  /** Where it stands in the text, in UTF-16 units; `to` is the first one after it. */
  readonly from: number;
  readonly to: number;
}

/** Longer words are known by their beginning. */
const TERM_CHARACTERS = 64;

const WORD = /^[\p{L}\p{N}\p{M}]/u;
const UNSPACED =
  /^(?:(?=[\p{L}\p{N}])[\p{Script_Extensions=Han}\p{Script_Extensions=Hiragana}\p{Script_Extensions=Katakana}\p{Script_Extensions=Bopomofo}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|\p{Extended_Pictographic})/u;

const ASCII = /^[\0-\x7f]*$/;

type Script = "word" | "unspaced" | "none";

/** In the order of the text; one after the other is next to each other in it, as phrases need. */
export function tokenize(text: string): Token[] {
  if (ASCII.test(text)) return asciiWords(text);
  const tokens: Token[] = [];
  for (const { script, run } of runs(clusters(text))) {
    if (script === "word") tokens.push(wordOf(run));
    else tokens.push(...pairsOf(run));
  }
  return tokens;
}

export function termsOf(text: string): Set<string> {
  return new Set(tokenize(text).map(({ term }) => term));
}

/** Whether a single character of this kind begins tokens, rather than being one. */
export function isUnspaced(term: string): boolean {
  return UNSPACED.test(term);
}

/** Where the first `length` characters of a token's term end in the text that it was found in. */
export function endOf(text: string, token: Token, length: number): number {
  let seen = 0;
  for (const { folded, to } of clusters(text.slice(token.from, token.to))) {
    seen += folded.length;
    if (seen >= length) return token.from + to;
  }
  return token.to;
}

function asciiWords(text: string): Token[] {
  return [...text.matchAll(/[a-z0-9]+/gi)].map(({ 0: word, index }) => ({
    term: word.slice(0, TERM_CHARACTERS).toLowerCase(),
    from: index,
    to: index + word.length,
  }));
}

function* runs(all: readonly Cluster[]): Iterable<{ script: Script; run: readonly Cluster[] }> {
  let run: Cluster[] = [];
  let script: Script = "none";
  for (const cluster of all) {
    const next = scriptOf(cluster);
    if (next !== script) {
      if (script !== "none") yield { script, run };
      run = [];
      script = next;
    }
    if (script !== "none") run.push(cluster);
  }
  if (script !== "none") yield { script, run };
}

function scriptOf({ folded }: Cluster): Script {
  if (UNSPACED.test(folded)) return "unspaced";
  return WORD.test(folded) ? "word" : "none";
}

function wordOf(run: readonly Cluster[]): Token {
  const term = run.map(({ folded }) => folded).join("");
  const [first, last] = [run[0], run.at(-1)];
  // Cut between characters, never within a pair of surrogates.
  const short = term.length <= TERM_CHARACTERS ? term : term.slice(0, TERM_CHARACTERS);
  return { term: short.toWellFormed(), from: first?.from ?? 0, to: last?.to ?? 0 };
}

function pairsOf(run: readonly Cluster[]): Token[] {
  return run.map((cluster, index) => {
    const next = run[index + 1];
    const term = cluster.folded + (next?.folded ?? "");
    return { term, from: cluster.from, to: next?.to ?? cluster.to };
  });
}
