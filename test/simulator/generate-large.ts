import type { Dice } from "../support/random.ts";
import { FIRST_GROUP, type Op, type Params } from "./plan.ts";

/** Few enough members are copied to that a run's own people cross it. */
const SWITCHING_MEMBERS = 3;

/** Whether its groups have one log for all, at least now and then. */
export function hasLogs({ settings }: Params): boolean {
  return settings.groupCopyMembers <= SWITCHING_MEMBERS;
}

/** Nearly always there is a group, which has one log for all, always or in turns. From dice of its own. */
export function withLargeGroups(dice: Dice, params: Params): Params {
  if (!dice.chance("any", 0.9)) return params;
  // Half have one log for all from the beginning; the others grow and shrink, and have copies between.
  const isSwitching = dice.chance("switches", 0.5);
  const groupCopyMembers = isSwitching ? dice.between("copies up to", 1, SWITCHING_MEMBERS) : 0;
  // Who is away for a while begins from a state then.
  const retentionMs = dice.chance("forgets", 0.3) ? 5_000 : params.settings.retentionMs;
  return {
    ...params,
    groups: 1,
    settings: { ...params.settings, groupCopyMembers, retentionMs },
  };
}

/** Who follows a log is away now and then, and looks at what was before. It comes on top. */
export function generateLarge(dice: Dice, params: Params): Op[] {
  const { users, spanMs, groups = 0 } = params;
  if (groups === 0 || !hasLogs(params)) return [];
  return Array.from({ length: dice.between("count", 5, 20) }, (): Op => {
    const at = Math.floor(dice.unit("at") * spanMs);
    const user = dice.between("user", 0, users.length - 1);
    const device = dice.between("device", 0, 7);
    const who = { at, user, device };
    const pick = dice.between("pick", 0, 1_000);
    const kind = dice.unit("kind");
    const peer = FIRST_GROUP;
    if (kind < 0.15) return { ...who, do: "history", peer, pick };
    if (kind < 0.3) return { ...who, do: "reload", downMs: dice.between("down", 10, 10_000) };
    if (kind < 0.4) return { ...who, do: "refuse", times: dice.pick("times", [1, 3, 8]) };
    const count = dice.chance("many", 0.2) ? dice.between("how many", 2, 8) : 1;
    return { ...who, do: "send", peer, count, bytes: 0, priority: "normal" };
  });
}
