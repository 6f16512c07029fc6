/** What members ask of a group: who is there, who has what. The group judges who asks. */
import { Hono } from "hono";
import * as v from "valibot";
import { userIdSchema } from "../../protocol/ids.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { GROUP_ID } from "../../protocol/names.ts";
import { answerOf, askGroup, groupRequestOf, refuseAs } from "../ask-user.ts";
import { servePicture } from "../files/serve-picture.ts";
import type { GroupRequest, ShownPicture } from "../group-requests.ts";
import {
  type Http,
  type HttpContext,
  queryNumber,
  readParameter,
  readQuery,
  refuse,
  signedIn,
} from "../http.ts";

const groupIdSchema = v.pipe(v.string(), v.regex(GROUP_ID, "group-id"));
const membersQuerySchema = v.strictObject({ after: v.optional(userIdSchema) });
const logQuerySchema = v.strictObject({
  after: queryNumber(0, Number.MAX_SAFE_INTEGER),
  limit: v.optional(queryNumber(1, LIMITS.historyEntries), String(LIMITS.historyEntries)),
});
const receiptsQuerySchema = v.strictObject({
  number: queryNumber(1, Number.MAX_SAFE_INTEGER),
  after: v.optional(userIdSchema),
});

export const groups = new Hono<Http>()
  .use(signedIn)
  .get("/:group", (c) => about(c, (user) => ({ kind: "about", user })))
  .get("/:group/members", (c) => {
    const query = readQuery(c, membersQuerySchema);
    if (!query.ok) return refuse(c, query.error);
    return about(c, (user) => ({ kind: "members", user, ...pageAfter(query.value) }));
  })
  .get("/:group/links", (c) => about(c, (user) => ({ kind: "links", user })))
  .get("/:group/log", (c) => {
    const query = readQuery(c, logQuerySchema);
    if (!query.ok) return refuse(c, query.error);
    return about(c, (user) => ({ kind: "log", user, ...query.value }));
  })
  .get("/:group/picture", async (c) => {
    const group = readParameter(c, "group", groupIdSchema);
    if (!group.ok) return refuse(c, group.error);
    const { user } = c.get("identity");
    const request = { kind: "picture", user } as const;
    const answer = await answerOf(c, () => groupRequestOf(c.env, group.value, request));
    return answer.ok ? servePicture(c, answer.value as ShownPicture) : refuseAs(c, answer);
  })
  .get("/:group/receipts", (c) => {
    const query = readQuery(c, receiptsQuerySchema);
    if (!query.ok) return refuse(c, query.error);
    const { number } = query.value;
    return about(c, (user) => ({ kind: "receipts", user, number, ...pageAfter(query.value) }));
  });

function pageAfter({ after }: { readonly after?: string | undefined }) {
  return after === undefined ? {} : { after };
}

async function about(c: HttpContext, request: (user: string) => GroupRequest): Promise<Response> {
  const group = readParameter(c, "group", groupIdSchema);
  if (!group.ok) return refuse(c, group.error);
  return askGroup(c, group.value, request(c.get("identity").user));
}
