/** Lists of seqs, ascending, each seq once. */

export function intersect(a: readonly number[], b: readonly number[]): number[] {
  const both: number[] = [];
  let at = 0;
  for (const seq of a) {
    while (at < b.length && (b[at] ?? 0) < seq) at += 1;
    if (b[at] === seq) both.push(seq);
  }
  return both;
}

export function withSeq(lists: Map<string, number[]>, term: string, seq: number): void {
  const known = lists.get(term) ?? [];
  lists.set(
    term,
    [...new Set([...known, seq])].sort((a, b) => a - b),
  );
}

/** A term that nothing has any more is forgotten. */
export function withoutSeq(lists: Map<string, number[]>, term: string, seq: number): void {
  const left = (lists.get(term) ?? []).filter((one) => one !== seq);
  if (left.length === 0) lists.delete(term);
  else lists.set(term, left);
}
