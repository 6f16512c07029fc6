import type { Turn } from "./turn.ts";

/**
 * Uploads that stand for this user or a group are kept for as long as they do. Which one stands for
 * the user is said by the directory; a fact names each that it may show, so that none is erased
 * under it.
 */

export function profilePictures(turn: Turn): readonly string[] {
  return JSON.parse(turn.store.fact("pictures") ?? "[]") as string[];
}

export function saveProfilePictures(turn: Turn, pictures: readonly string[]): void {
  turn.store.setFact("pictures", JSON.stringify(pictures));
}

/** Everything that stands for this user, or for a group as far as this user knows. */
export function picturesShown(turn: Turn): readonly string[] {
  const ofGroups = turn.memory.timeline
    .conversations()
    .flatMap(({ membership }) => membership?.picture ?? []);
  const onTheWay = turn.memory.pending.flatMap(({ append: { content } }) =>
    content.kind === "group-create" || content.kind === "group-change"
      ? (content.picture ?? [])
      : [],
  );
  return [...profilePictures(turn), ...ofGroups, ...onTheWay];
}
