/** What the reader's own object answers, or, where that has not all of it, the group whose log has. */
import { answerOf, askGroup, refuseAs, requestOf } from "./ask-user.ts";
import type { GroupRequest } from "./group-requests.ts";
import type { HttpContext } from "./http.ts";
import type { HistoryAnswer, SearchAnswer, UserRequest } from "./requests.ts";

export async function readThrough(
  c: HttpContext,
  own: Extract<UserRequest, { kind: "history" | "search" }>,
  ofGroup: Extract<GroupRequest, { kind: "history" | "search" }>,
): Promise<Response> {
  const answer = await answerOf(c, () => requestOf(c.env, c.get("identity").user, own));
  if (!answer.ok) return refuseAs(c, answer);
  const found = answer.value as HistoryAnswer | SearchAnswer;
  return "group" in found ? askGroup(c, found.group, ofGroup) : c.json(found);
}
