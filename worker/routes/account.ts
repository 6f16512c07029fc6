import { Hono } from "hono";
import { askUser } from "../ask-user.ts";
import { type Http, signedIn } from "../http.ts";

/** `DELETE /v1/account`: ends the account of whoever asks. From the answer on nothing else is. */
export const account = new Hono<Http>()
  .use(signedIn)
  .delete("/", (c) => askUser(c, c.get("identity").user, { kind: "delete-account" }));
