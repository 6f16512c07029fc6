import type { Dice } from "../support/random.ts";
import { FIRST_GROUP, type Op, type Params } from "./plan.ts";

/** Few conversations, so that a user's devices meet in them. From dice of its own: it comes on top. */
export function generatePersonal(dice: Dice, { users, spanMs, groups = 0 }: Params): Op[] {
  if (!dice.chance("any", 0.3)) return [];
  const user = dice.between("user", 0, users.length - 1);
  const peer = (user + 1) % users.length;
  const peers = groups === 0 ? [peer] : [peer, peer, FIRST_GROUP];
  return Array.from({ length: dice.between("count", 4, 16) }, (): Op => {
    const at = Math.floor(dice.unit("at") * spanMs);
    const device = dice.between("device", 0, 7);
    const what = dice.pick("what", ["arrange", "draft"] as const);
    const pick = dice.between("pick", 0, 1_000);
    return { at, user, device, do: what, peer: dice.pick("peer", peers), pick };
  });
}
