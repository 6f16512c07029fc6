/** Routes that exist in development only; elsewhere they answer like any unknown path. */
import { Hono } from "hono";
import * as v from "valibot";
import { userIdSchema } from "../../protocol/ids.ts";
import { GROUP_ID } from "../../protocol/names.ts";
import { askUser } from "../ask-user.ts";
import { signToken } from "../auth.ts";
import { isDevelopment } from "../env.ts";
import { type Http, readBody, readQuery, refuse, signedIn } from "../http.ts";
import { policyReading } from "../policy.ts";
import { readStatsMeters } from "../stats.ts";

const DAY_MS = 86_400_000;

const signInSchema = v.strictObject({
  user: userIdSchema,
  role: v.optional(v.picklist(["user", "operator"]), "user"),
  /** For how long, in ms; a day by default. */
  lifeMs: v.optional(
    v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(30 * DAY_MS)),
    DAY_MS,
  ),
});

const groupIdSchema = v.pipe(v.string(), v.regex(GROUP_ID, "group-id"));
const crashSchema = v.strictObject({ user: userIdSchema });
const meterSchema = v.union([
  v.strictObject({ user: userIdSchema }),
  v.strictObject({ group: groupIdSchema }),
]);

export const development = new Hono<Http>()
  .use(async (c, next) => (isDevelopment(c.env) ? next() : refuse(c, { code: "not-found" })))
  .post("/sign-in", async (c) => {
    const body = await readBody(c, signInSchema);
    if (!body.ok) return refuse(c, body.error);
    const { user, role, lifeMs } = body.value;
    const now = Date.now();
    // A token tells seconds: rounded up, so that a short life is not none.
    const expiresAt = Math.ceil((now + lifeMs) / 1_000) * 1_000;
    // The object comes to life near its user, and not near whoever writes first.
    const signedUp = await askUser(c, user, { kind: "sign-up", user });
    if (!signedUp.ok) return signedUp;
    const token = await signToken(c.env, { user, role, expiresAt }, now);
    return c.json({ token, expiresAt, user });
  })
  /** What this user's or group's object, the statistics and the policy have cost since they were woken. */
  .get("/meter", signedIn, async (c) => {
    const query = readQuery(c, meterSchema);
    if (!query.ok) return refuse(c, query.error);
    const { value } = query;
    const object = await ("user" in value
      ? c.env.USER.getByName(value.user).meter()
      : c.env.GROUP.getByName(value.group).meter());
    return c.json({ objects: [object, ...(await readStatsMeters(c.env)), policyReading()] });
  })
  .post("/crash", signedIn, async (c) => {
    const body = await readBody(c, crashSchema);
    if (!body.ok) return refuse(c, body.error);
    // The object ends before it can answer: the call failing is the call having worked.
    await c.env.USER.getByName(body.value.user)
      .crash()
      .catch(() => undefined);
    return c.json({ crashed: body.value.user });
  });
