import type { Leader } from "./leader.ts";
import type { TeamCall } from "./team.ts";

/** Does what this tab or another one of the team asks of the leader. */
export async function perform(leader: Leader, call: TeamCall): Promise<void> {
  switch (call.do) {
    case "resend":
      return leader.sending.resend(call.key);
    case "drop":
      return leader.sending.drop(call.key);
    case "read":
      return leader.read(call.conversation, call.number);
    case "wish":
      return (await leader.onDemand.wishing.get()).wish(call.conversation, call.wish);
    case "retry":
      return leader.retryEntry(call.conversation, call.number);
    case "fetch":
      return leader.fetchPage(call.page);
    case "typing":
      return (await leader.onDemand.people.get()).typing(call.conversation, call.on);
    case "watch":
      return (await leader.onDemand.people.get()).watch(call);
    case "reconnect":
      return leader.reconnect();
  }
}
