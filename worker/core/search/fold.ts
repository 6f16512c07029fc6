/**
 * What is the same to a reader is the same to the search: case, diacritics, full and half width.
 * Text is read cluster by cluster (a letter with its marks), so that each place in the folded text
 * is known in the original.
 */
export interface Cluster {
  readonly folded: string;
  /** Where it stands in the original, in UTF-16 units; `to` is the first one after it. */
  readonly from: number;
  readonly to: number;
}

/** A letter, or Hangul written in its parts, with its marks, joiners and narrow kana marks. */
const CLUSTER =
  /(?:[\u1100-\u115f\ua960-\ua97c][\u1160-\u11a7\ud7b0-\ud7c6]+[\u11a8-\u11ff\ud7cb-\ud7fb]*|\P{M})(?:\p{M}|[\u200d\uff9e\uff9f])*|\p{M}+/gu;

/** Marks that come and go with the writer: on Latin, Greek and Cyrillic, in Hebrew and Arabic. */
const OPTIONAL_MARKS =
  /[\u0300-\u036f]|[\u0591-\u05c7]|[\u064b-\u065f]|\u0670|\u200d|\ufe0e|\ufe0f/g;

/** Letters that no decomposition takes apart. */
const PLAIN: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  ł: "l",
  ħ: "h",
  ı: "i",
  þ: "th",
  ς: "σ",
};

export function clusters(text: string): Cluster[] {
  return [...text.matchAll(CLUSTER)].map(({ 0: whole, index }) => ({
    folded: foldCluster(whole),
    from: index,
    to: index + whole.length,
  }));
}

function foldCluster(cluster: string): string {
  if (cluster.length === 1 && cluster < "\u0080") return cluster.toLowerCase();
  const plain = cluster
    .normalize("NFKC")
    .toLowerCase()
    .normalize("NFD")
    .replace(OPTIONAL_MARKS, "")
    .normalize("NFC");
  return [...plain].map((char) => PLAIN[char] ?? char).join("");
}
