import type { Dice } from "../support/random.ts";
import type { Op, Params } from "./plan.ts";

/** Somebody keeps another one out for a while, from several devices. From dice of its own. */
export function generateBlocks(dice: Dice, params: Params): Op[] {
  const { users, spanMs, groups = 0 } = params;
  // Groups that come from somebody who is kept out are not in the model.
  if (groups > 0 || !dice.chance("any", 0.35)) return [];
  const user = dice.between("user", 0, users.length - 1);
  const peer = (user + dice.between("peer", 1, users.length - 1)) % users.length;
  let last = 0;
  return Array.from({ length: dice.between("count", 1, 6) }, (_, n): Op => {
    const isAtOnce = n > 0 && dice.chance("at once", 0.4);
    const at = isAtOnce
      ? last + dice.between("after", 0, 500)
      : Math.floor(dice.unit("at") * spanMs);
    last = at;
    const device = dice.between("device", 0, 7);
    const what = n > 0 && dice.chance("off", 0.5) ? "unblock" : "block";
    return { at, user, device, do: what, peer, pick: dice.between("pick", 0, 1_000) };
  });
}
