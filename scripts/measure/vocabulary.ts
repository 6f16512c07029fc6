/** Texts as people write them, as far as a search can tell: few words often, many seldom. */

const WORDS = 20_000;
const CHARACTERS = 3_000;
const FIRST_CHARACTER = 0x4e00;
const LETTERS = "etaoinshrdlcumwfgypbvk";

/** A stream of texts that is the same each time; every fourth is Chinese. */
export class Vocabulary {
  #state = 20_261_122;
  #texts = 0;

  text(): string {
    this.#texts += 1;
    return this.#texts % 4 === 0 ? this.#chinese() : this.#english();
  }

  #english(): string {
    return Array.from({ length: 12 }, () => wordOf(this.#rank(WORDS))).join(" ");
  }

  #chinese(): string {
    const codes = Array.from({ length: 18 }, () => FIRST_CHARACTER + this.#rank(CHARACTERS));
    return String.fromCodePoint(...codes);
  }

  /** Low ones often: the cube stands in for Zipf's law. */
  #rank(size: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) ** 3 * size);
  }
}

/** The word of this rank. */
export function wordOf(rank: number): string {
  let word = "";
  for (let left = rank + LETTERS.length; left > 0; left = Math.floor(left / LETTERS.length)) {
    word += LETTERS[left % LETTERS.length] ?? "";
  }
  return word;
}

export function characterOf(rank: number): string {
  return String.fromCodePoint(FIRST_CHARACTER + rank);
}
