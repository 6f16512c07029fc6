import type { Message } from "../../client/index.ts";
import { newsOf } from "../groups/news.ts";
import type { Say } from "../text/texts.ts";

/** A message in one line of text. */
export function previewOf(message: Message, say: Say): string {
  const { content, own, from } = message;
  switch (content.kind) {
    case "text":
      return content.text.replace(/\s+/g, " ").slice(0, 200);
    case "recalled":
      return own ? say("youRecalled") : say("theyRecalled", { name: from });
    case "custom":
      return say("customContent", { type: content.type });
    case "file":
      return content.caption === undefined ? content.name : `${content.name}: ${content.caption}`;
    case "location":
      return content.label ?? say("place");
    case "contact":
      return content.name ?? content.user;
    case "withheld":
      return say("withheld");
    case "placeholder":
      return say("placeholder");
    default:
      return newsOf(message, say) ?? "";
  }
}
