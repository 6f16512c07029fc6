import type { Message } from "../../client/index.ts";
import type { Called } from "../people/profiles.ts";
import type { Say } from "../text/texts.ts";

const NEWS = /^(group-|member|link-|join|leave$)/;

/** Whether it is no message of somebody's, but what became of the group. */
export function isNews({ content }: Message): boolean {
  return NEWS.test(content.kind);
}

/** What happened to a group, as a line between the messages; undefined: it is a message. */
export function newsOf(
  { content, own, from }: Message,
  say: Say,
  called: Called,
): string | undefined {
  const name = own ? say("you") : called(from);
  switch (content.kind) {
    case "group-create":
      return say("newsCreated", { name, title: content.title });
    case "group-change":
      return content.title === undefined
        ? say("newsChanged", { name })
        : say("newsTitled", { name, title: content.title });
    case "members-add":
      return say("newsAdded", { name, names: content.users.map(called).join(", ") });
    case "members-remove":
      return say("newsRemoved", { name, names: content.users.map(called).join(", ") });
    case "member-role":
      return say("newsRole", {
        name,
        user: called(content.user),
        role: say(`role_${content.role}`),
      });
    case "member-silence":
      return say(content.until === null ? "newsUnsilenced" : "newsSilenced", {
        name,
        user: called(content.user),
      });
    case "leave":
      return say("newsLeft", { name });
    case "join":
    case "joined":
      return say("newsJoined", { name });
    case "link-create":
    case "link-created":
      return say("newsLink", { name });
    case "link-revoke":
      return say("newsLinkEnded", { name });
    case "group-mode":
      return say("newsLarge");
    default:
      return undefined;
  }
}
