import type { Role } from "../../../protocol/groups.ts";
import type { GroupState } from "./state.ts";

/** What somebody may want to do in a group. */
export type Action =
  | "write"
  | "react"
  /** Take back a message of somebody else. */
  | "recall-other"
  | "change"
  | "add"
  | "remove"
  | "silence"
  /** Make an admin of a member, and the other way round. */
  | "appoint"
  | "hand-over"
  /** Make links that anybody may join by, see and revoke them. */
  | "link";

/** `below`: over those whose role is lower than one's own. */
type Grant = "yes" | "no" | "writers" | "inviters" | "below";

const GRANTS: Record<Action, Record<Role, Grant>> = {
  write: { owner: "yes", admin: "yes", member: "writers" },
  react: { owner: "yes", admin: "yes", member: "yes" },
  "recall-other": { owner: "below", admin: "below", member: "no" },
  change: { owner: "yes", admin: "yes", member: "no" },
  add: { owner: "yes", admin: "yes", member: "inviters" },
  remove: { owner: "below", admin: "below", member: "no" },
  silence: { owner: "below", admin: "below", member: "no" },
  appoint: { owner: "below", admin: "no", member: "no" },
  "hand-over": { owner: "below", admin: "no", member: "no" },
  link: { owner: "yes", admin: "yes", member: "no" },
};

const RANKS: Record<Role, number> = { owner: 2, admin: 1, member: 0 };

/** Whether `role` may do it in this group; `over`: the role of whom it is done to. */
export function may(
  action: Action,
  role: Role,
  group: Pick<GroupState, "writers" | "inviters">,
  over: Role = "member",
): boolean {
  switch (GRANTS[action][role]) {
    case "yes":
      return true;
    case "no":
      return false;
    case "writers":
      return group.writers === "all";
    case "inviters":
      return group.inviters === "all";
    case "below":
      return RANKS[over] < RANKS[role];
  }
}
