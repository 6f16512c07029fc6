/** What an operator may ask about and do for any user: devices, messages by time, open hand-offs. */
import { Hono } from "hono";
import * as v from "valibot";
import { deviceIdSchema, messageIdSchema, userIdSchema } from "../../protocol/ids.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { askUser } from "../ask-user.ts";
import {
  type Http,
  type HttpContext,
  operatorOnly,
  queryNumber,
  readParameter,
  readQuery,
  refuse,
  signedIn,
} from "../http.ts";
import type { UserRequest } from "../requests.ts";

const timeSchema = queryNumber(0, Number.MAX_SAFE_INTEGER);

/** Ms since 1970; `from` is included, `to` is not. */
const messagesQuerySchema = v.strictObject({
  from: timeSchema,
  to: timeSchema,
  limit: v.optional(queryNumber(1, LIMITS.historyEntries), "50"),
});

export const users = new Hono<Http>()
  .use(signedIn, operatorOnly)
  .get("/:user/devices", (c) => about(c, { kind: "devices" }))
  .delete("/:user/devices/:device", (c) => aboutDevice(c, (device) => ({ kind: "revoke", device })))
  .get("/:user/devices/:device/timeline", (c) =>
    aboutDevice(c, (device) => ({ kind: "device-timeline", device })),
  )
  .get("/:user/messages", (c) => {
    const query = readQuery(c, messagesQuerySchema);
    if (!query.ok) return refuse(c, query.error);
    return about(c, { kind: "message-heads", ...query.value });
  })
  .get("/:user/hand-offs", (c) => about(c, { kind: "open-hand-offs" }))
  .post("/:user/hand-offs/retry", (c) => about(c, { kind: "retry-hand-offs" }))
  .post("/:user/hand-offs/:message/replay", (c) => {
    const id = readParameter(c, "message", messageIdSchema);
    return id.ok ? about(c, { kind: "replay-hand-off", id: id.value }) : refuse(c, id.error);
  });

async function about(c: HttpContext, request: UserRequest): Promise<Response> {
  const user = readParameter(c, "user", userIdSchema);
  return user.ok ? askUser(c, user.value, request) : refuse(c, user.error);
}

async function aboutDevice(
  c: HttpContext,
  request: (device: string) => UserRequest,
): Promise<Response> {
  const device = readParameter(c, "device", deviceIdSchema);
  return device.ok ? about(c, request(device.value)) : refuse(c, device.error);
}
