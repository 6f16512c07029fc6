/**
 * How a conversation's rows are found without an index: each row points to its predecessor and to a
 * farther ancestor, so that any number is reached from the newest in a logarithmic number of steps.
 * A row read costs a thousandth of a row written, so pointers beat a second index.
 *
 * Source: E. W. Myers, "An applicative random-access stack", IPL 17 (1983): skew-binary jumps.
 */
export interface Link {
  readonly seq: number;
  readonly number: number;
  readonly previous: number;
  readonly jump: number;
}

/** Reads the row at a seq of this chain. */
export type ReadLink<L extends Link> = (seq: number) => L;

/** Pointers of the row that follows `newest`. */
export function pointersAfter<L extends Link>(
  newest: L | undefined,
  read: ReadLink<L>,
): { previous: number; jump: number } {
  if (newest === undefined) return { previous: 0, jump: 0 };
  if (newest.jump === 0) return { previous: newest.seq, jump: newest.seq };
  const near = read(newest.jump);
  if (near.jump === 0) return { previous: newest.seq, jump: newest.seq };
  const far = read(near.jump);
  const equalSpans = newest.number - near.number === near.number - far.number;
  return { previous: newest.seq, jump: equalSpans ? far.seq : newest.seq };
}

/** The row with this number, walking back from `newest`; undefined when the chain does not have it. */
export function findNumber<L extends Link>(
  newest: L | undefined,
  number: number,
  read: ReadLink<L>,
): L | undefined {
  const found = findUpTo(newest, number, read);
  return found?.number === number ? found : undefined;
}

/** The newest row whose number is at most this one: a chain may have holes. */
export function findUpTo<L extends Link>(
  newest: L | undefined,
  number: number,
  read: ReadLink<L>,
): L | undefined {
  let at = newest;
  while (at !== undefined && at.number > number) {
    if (at.jump !== 0) {
      const far = read(at.jump);
      if (far.number >= number) {
        at = far;
        continue;
      }
    }
    at = at.previous === 0 ? undefined : read(at.previous);
  }
  return at;
}
