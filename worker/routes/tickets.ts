import { Hono } from "hono";
import * as v from "valibot";
import { deviceIdSchema } from "../../protocol/ids.ts";
import { type Http, readBody, refuse, signedIn } from "../http.ts";
import { serverKeys } from "../keys.ts";
import { mintTicket } from "../tickets.ts";

const ticketBodySchema = v.strictObject({ device: deviceIdSchema });

/** `POST /v1/tickets`: a token for a ticket that opens one socket of one device. */
export const tickets = new Hono<Http>().post("/", signedIn, async (c) => {
  const body = await readBody(c, ticketBodySchema);
  if (!body.ok) return refuse(c, body.error);
  const { user, expiresAt: until } = c.get("identity");
  const { ticket: key } = await serverKeys(c.env);
  const wish = { user, device: body.value.device, until, purpose: "open" } as const;
  const { text, expiresAt } = await mintTicket(wish, key, Date.now(), Math.random());
  return c.json({ ticket: text, expiresAt });
});
