/** One group, as a device and its tests see it. */
import type { CoreClient } from "../../../client/client.ts";
import type { Membership } from "../../../protocol/groups.ts";

export const GROUP = `group:${"A".repeat(22)}`;

/** A member from the first number on, who sees no more than what was said since. */
export function place(fields: Partial<Membership> = {}): Membership {
  return {
    kind: "membership",
    ...{ version: 1, state: "member", role: "member", from: 1, title: "Trip" },
    ...{ writers: "all", inviters: "admins", history: "join", mode: "copy" },
    ...fields,
  };
}

export function conversation(client: CoreClient, id = GROUP) {
  return client.conversations.get().find((one) => one.id === id);
}

/** What the group's list shows; of what has no text, its kind. */
export function textsOf(client: CoreClient): string[] {
  const { messages } = client.messages(GROUP).get();
  return messages.map(({ content }) => ("text" in content ? content.text : content.kind));
}
