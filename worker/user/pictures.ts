import type { Content } from "../../protocol/entries.ts";
import type { ProtocolError } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { isPicture } from "../core/file-type.ts";
import type { UserAnswer } from "../requests.ts";
import { loosenFiles } from "./file-sweep.ts";
import { usable } from "./files.ts";
import { profilePictures, saveProfilePictures } from "./shown-pictures.ts";
import type { Turn } from "./turn.ts";

/** Pictures that stand for this user, and for groups: uploads of one's own. */

/** Undefined: it may be shown. No reference, or an empty one, is no picture. */
function refusePicture(
  turn: Turn,
  picture: string | undefined,
  field: string,
): ProtocolError | undefined {
  if (picture === undefined || picture === "") return undefined;
  const row = usable(turn, picture);
  if (row === undefined || !isPicture(row.type)) {
    return { code: "not-found", field, rule: "uploaded-picture" };
  }
  const rule = `max-bytes:${LIMITS.pictureBytes}`;
  return row.bytes > LIMITS.pictureBytes ? { code: "too-big", field, rule } : undefined;
}

export function refuseGroupPicture(turn: Turn, content: Content): ProtocolError | undefined {
  const isGroups = content.kind === "group-create" || content.kind === "group-change";
  return isGroups ? refusePicture(turn, content.picture, "body.picture") : undefined;
}

/** Before the directory shows it. What it shows now is still needed: it may not come to that. */
export function wantPicture(turn: Turn, picture: string): UserAnswer {
  const error = refusePicture(turn, picture, "picture");
  if (error !== undefined) return { ok: false, ...error };
  const before = profilePictures(turn);
  if (!before.includes(picture)) saveProfilePictures(turn, [...before, picture]);
  return { ok: true, value: {} };
}

/** The directory shows it, and no other; undefined: none at all. */
export function showPicture(turn: Turn, picture: string | undefined): UserAnswer {
  const before = profilePictures(turn);
  const others = before.filter((one) => one !== picture);
  if (others.length > 0) saveProfilePictures(turn, picture === undefined ? [] : [picture]);
  loosenFiles(turn, others);
  return { ok: true, value: {} };
}
