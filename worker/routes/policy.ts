import { Hono } from "hono";
import { settingsPatchSchema } from "../../protocol/settings.ts";
import { type Http, operatorOnly, readBody, refuse, signedIn } from "../http.ts";
import { changePolicy, currentSettings, readPolicy } from "../policy.ts";

/** The operator's settings: read, changed while running, and who changed them. */
export const policy = new Hono<Http>()
  .use(signedIn, operatorOnly)
  .get("/", async (c) => {
    const { overrides } = await readPolicy(c.env);
    return c.json({ settings: await currentSettings(c.env, Date.now()), overrides });
  })
  .patch("/", async (c) => {
    const body = await readBody(c, settingsPatchSchema);
    if (!body.ok) return refuse(c, body.error);
    const change = { patch: body.value, by: c.get("identity").user };
    return c.json({ settings: await changePolicy(c.env, change, Date.now()) });
  })
  .get("/history", async (c) => c.json({ history: (await readPolicy(c.env)).history }));
