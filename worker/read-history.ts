/** A page of history over HTTP: from the reader's own object, or from the group whose log has it. */
import type { Wanted } from "../protocol/history.ts";
import { answerOf, askGroup, refuseAs, requestOf } from "./ask-user.ts";
import type { HttpContext } from "./http.ts";
import type { HistoryAnswer } from "./requests.ts";

export async function readHistory(
  c: HttpContext,
  conversation: string,
  wanted: Wanted,
): Promise<Response> {
  const { user } = c.get("identity");
  const request = { kind: "history", conversation, ...wanted } as const;
  const answer = await answerOf(c, () => requestOf(c.env, user, request));
  if (!answer.ok) return refuseAs(c, answer);
  const found = answer.value as HistoryAnswer;
  if (!("group" in found)) return c.json(found);
  return askGroup(c, found.group, { kind: "history", user, ...wanted });
}
