import { isExpired } from "../core/expiry.ts";
import type { Member } from "../core/group/state.ts";
import { fileIn } from "../core/message-file.ts";
import type { GroupAnswer, ShownPicture } from "../group-requests.ts";
import type { GroupTurn } from "./turn.ts";

/** The group's picture as it is now: any member sees it, whenever they came. */
export function readablePicture({ memory }: GroupTurn): GroupAnswer {
  const { picture, pictureBy } = memory.roster.group ?? {};
  if (picture === undefined || pictureBy === undefined) return { ok: false, code: "not-found" };
  const value: ShownPicture = { file: picture, owner: pictureBy };
  return { ok: true, value };
}

/** Rule R15: judged by the log and by who is a member now, from where their view begins. */
export function readableFile(
  turn: GroupTurn,
  { from }: Member,
  { number, file }: { readonly number: number; readonly file: string },
): GroupAnswer {
  const row = number < from ? undefined : turn.memory.log.find(number);
  const isThere = row !== undefined && !isExpired(row, turn.now);
  const value = isThere ? fileIn(row.body, row.origin.user, file) : undefined;
  return value === undefined ? { ok: false, code: "not-found" } : { ok: true, value };
}
