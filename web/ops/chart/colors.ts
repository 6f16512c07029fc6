/** The palette's colours in the order in which they are easiest to tell apart. */
const APART = [0, 1, 4, 6, 7, 5, 2, 8, 3];

export function colorApart(index: number): number {
  return APART[index % APART.length] ?? 0;
}
