import type { Body, Content } from "../../../protocol/entries.ts";

/** What people submit to a group about the group itself. */
export type Management = Extract<
  Content,
  {
    kind:
      | "group-create"
      | "group-change"
      | "members-add"
      | "members-remove"
      | "member-role"
      | "member-silence"
      | "leave"
      | "join"
      | "link-create"
      | "link-revoke"
      | "ttl";
  }
>;

const KINDS: Record<Management["kind"], true> = {
  "group-create": true,
  "group-change": true,
  "members-add": true,
  "members-remove": true,
  "member-role": true,
  "member-silence": true,
  leave: true,
  join: true,
  "link-create": true,
  "link-revoke": true,
  ttl: true,
};

export function isManagement(body: Body): body is Management {
  return Object.hasOwn(KINDS, body.kind);
}
