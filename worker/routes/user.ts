/** What somebody asks of their own object: devices, conversations, the story of a message. */
import { Hono } from "hono";
import * as v from "valibot";
import { isOnePlace, ONE_PLACE } from "../../protocol/history.ts";
import {
  conversationIdSchema,
  deviceIdSchema,
  messageIdSchema,
  parseMessageId,
} from "../../protocol/ids.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { preferencesPatchSchema } from "../../protocol/preferences.ts";
import { askUser } from "../ask-user.ts";
import {
  type Http,
  queryNumber,
  readBody,
  readParameter,
  readQuery,
  refuse,
  signedIn,
} from "../http.ts";
import { readThrough } from "../read-through.ts";
import { traceMessage } from "../trace.ts";

const conversationsQuerySchema = v.strictObject({ after: v.optional(conversationIdSchema) });

const placeSchema = v.optional(queryNumber(1, Number.MAX_SAFE_INTEGER));

const historyQuerySchema = v.pipe(
  v.strictObject({
    before: placeSchema,
    after: v.optional(queryNumber(0, Number.MAX_SAFE_INTEGER)),
    around: placeSchema,
    limit: v.optional(queryNumber(1, LIMITS.historyEntries), "50"),
  }),
  v.check((places) => isOnePlace(places), ONE_PLACE),
);

export const devices = new Hono<Http>()
  .use(signedIn)
  .get("/", (c) => askUser(c, c.get("identity").user, { kind: "devices" }))
  .delete("/:device", async (c) => {
    const device = readParameter(c, "device", deviceIdSchema);
    if (!device.ok) return refuse(c, device.error);
    return askUser(c, c.get("identity").user, { kind: "revoke", device: device.value });
  })
  .get("/:device/timeline", async (c) => {
    const device = readParameter(c, "device", deviceIdSchema);
    if (!device.ok) return refuse(c, device.error);
    return askUser(c, c.get("identity").user, { kind: "device-timeline", device: device.value });
  });

export const preferences = new Hono<Http>()
  .use(signedIn)
  .get("/", (c) => askUser(c, c.get("identity").user, { kind: "preferences" }))
  .put("/", async (c) => {
    const body = await readBody(c, preferencesPatchSchema);
    if (!body.ok) return refuse(c, body.error);
    return askUser(c, c.get("identity").user, { kind: "prefer", patch: body.value });
  });

export const conversations = new Hono<Http>()
  .use(signedIn)
  .get("/", async (c) => {
    const query = readQuery(c, conversationsQuerySchema);
    if (!query.ok) return refuse(c, query.error);
    const { after } = query.value;
    const page = after === undefined ? {} : { after };
    return askUser(c, c.get("identity").user, { kind: "conversations", ...page });
  })
  .get("/:id/messages", async (c) => {
    const id = readParameter(c, "id", conversationIdSchema);
    if (!id.ok) return refuse(c, id.error);
    const query = readQuery(c, historyQuerySchema);
    if (!query.ok) return refuse(c, query.error);
    const { user } = c.get("identity");
    const own = { kind: "history", conversation: id.value, ...query.value } as const;
    return readThrough(c, own, { kind: "history", user, ...query.value });
  });

/** The sender sees a redacted story, the operator all of it; others don't learn that it exists. */
export const messages = new Hono<Http>().get("/:id/trace", signedIn, async (c) => {
  const id = readParameter(c, "id", messageIdSchema);
  if (!id.ok) return refuse(c, id.error);
  const sender = parseMessageId(id.value)?.user;
  const { user, role } = c.get("identity");
  const full = role === "operator";
  if (sender === undefined || (sender !== user && !full)) return refuse(c, { code: "not-found" });
  return traceMessage(c, sender, id.value, full);
});
