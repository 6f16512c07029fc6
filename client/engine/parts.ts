/** Parts of the SDK that most sessions never need. */
import { Part } from "./part.ts";

export const EXPIRING = new Part(() => import("./expiring.ts"));
export const EXTRAS = new Part(() => import("../core/extras.ts"));
export const FOLLOWING = new Part(() => import("./following.ts"));
export const JUMPING = new Part(() => import("./jumping.ts"));
export const PEOPLE = new Part(() => import("./people-desk.ts"));
export const REREADING = new Part(() => import("./rereading.ts"));
export const WISHING = new Part(async () => {
  const [wishing] = await Promise.all([import("./wishing.ts"), EXTRAS.load()]);
  return wishing;
});

/** For those who can't wait for them later. */
export async function loadParts(): Promise<void> {
  await Promise.all(
    [EXPIRING, EXTRAS, FOLLOWING, JUMPING, PEOPLE, REREADING, WISHING].map((part) => part.load()),
  );
}
