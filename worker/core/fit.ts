/**
 * The longest run of `sizes` that has the one at `anchor` and fits into `room`, grown to both sides
 * in turn: first and last index. The anchor is in it, whatever its size.
 */
export function fitAround(
  sizes: readonly number[],
  anchor: number,
  room: number,
): { readonly first: number; readonly last: number } {
  let [first, last] = [anchor, anchor];
  let left = room - (sizes[anchor] ?? 0);
  const isFitting = (index: number) => (sizes[index] ?? Number.POSITIVE_INFINITY) <= left;
  for (let hasGrown = true; hasGrown; ) {
    hasGrown = false;
    if (isFitting(first - 1)) {
      first -= 1;
      left -= sizes[first] ?? 0;
      hasGrown = true;
    }
    if (isFitting(last + 1)) {
      last += 1;
      left -= sizes[last] ?? 0;
      hasGrown = true;
    }
  }
  return { first, last };
}
