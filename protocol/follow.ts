/**
 * The follower's half of the one idea: a log has followers, and a follower takes only the next
 * contiguous entry. The same three answers serve a copy that follows its home and a device that
 * follows its user's timeline; whoever feeds them repeats until they say `have`.
 */
export type Follow =
  /** Take these: they continue what is there. */
  | { readonly kind: "next"; readonly skip: number }
  /** Nothing new: all of it is there already. */
  | { readonly kind: "have" }
  /** There is a hole; feed again from `have + 1`. */
  | { readonly kind: "gap"; readonly have: number };

/**
 * What a follower that has `1 … have` does with a run `from … to` (`to` included).
 * `skip` says how many of the run's first entries it has already.
 */
export function follow(have: number, from: number, to: number): Follow {
  if (to <= have) return { kind: "have" };
  if (from > have + 1) return { kind: "gap", have };
  return { kind: "next", skip: have + 1 - from };
}
