import type { Message } from "../../client/index.ts";
import { newsOf } from "../groups/news.ts";
import type { Called } from "../people/profiles.ts";
import type { Say } from "../text/texts.ts";
import { withNames } from "../thread/mentions.ts";

/** A message in one line of text. */
export function previewOf(message: Message, say: Say, called: Called): string {
  const { content, own, from } = message;
  switch (content.kind) {
    case "text":
      return withNames(content.text, content, say, called).replace(/\s+/g, " ").slice(0, 200);
    case "recalled":
      return own ? say("youRecalled") : say("theyRecalled", { name: called(from) });
    case "custom":
      return say("customContent", { type: content.type });
    case "file":
      return content.caption === undefined ? content.name : `${content.name}: ${content.caption}`;
    case "location":
      return content.label ?? say("place");
    case "contact":
      return content.name ?? called(content.user);
    case "withheld":
      return say("withheld");
    case "placeholder":
      return say("placeholder");
    default:
      return newsOf(message, say, called) ?? "";
  }
}
