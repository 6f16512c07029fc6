/** The directory over HTTP: what users tell about themselves, and finding each other. */
import { type Context, Hono } from "hono";
import { userIdSchema } from "../../protocol/ids.ts";
import { lookupSchema, profileSchema } from "../../protocol/profiles.ts";
import { askUser } from "../ask-user.ts";
import { lookUp, ownProfile, pictureOf, writeProfile } from "../directory.ts";
import { servePicture } from "../files/serve-picture.ts";
import { type Http, readBody, readParameter, readQuery, refuse, signedIn } from "../http.ts";

/** Users whom one lookup by name may cost as much as one by handle. */
const USERS_PER_LOOKUP = 10;

/** A deploy without a directory answers as for any unknown path. */
function directory(c: Context<Http>): D1Database | undefined {
  return c.env.DIRECTORY;
}

/** The user's own object counts, and knows whether there is an account any more. */
async function refusal(c: Context<Http>, cost: number): Promise<Response | undefined> {
  const asked = await askUser(c, c.get("identity").user, { kind: "look-up", cost });
  return asked.ok ? undefined : asked;
}

export const profile = new Hono<Http>()
  .use(signedIn)
  .get("/", async (c) => {
    const db = directory(c);
    if (db === undefined) return refuse(c, { code: "not-found" });
    const own = await ownProfile(db, c.get("identity").user);
    return own === "gone" ? refuse(c, { code: "gone" }) : c.json(own);
  })
  .put("/", async (c) => {
    const db = directory(c);
    if (db === undefined) return refuse(c, { code: "not-found" });
    const body = await readBody(c, profileSchema);
    if (!body.ok) return refuse(c, body.error);
    const refused = (await refusal(c, 1)) ?? (await pictureRefusal(c, body.value.picture));
    if (refused !== undefined) return refused;
    const { user } = c.get("identity");
    const outcome = await writeProfile(db, user, body.value, Date.now());
    if (outcome === "taken") return refuse(c, { code: "conflict", field: "handle" });
    if (outcome === "gone") return refuse(c, { code: "gone" });
    await notePicture(c, body.value.picture);
    return c.json({ user, listed: false, ...body.value });
  });

/** Only what this user has uploaded; asked before, so that it is not erased meanwhile. */
async function pictureRefusal(c: Context<Http>, picture = ""): Promise<Response | undefined> {
  if (picture === "") return undefined;
  const asked = await askUser(c, c.get("identity").user, { kind: "picture-wanted", picture });
  return asked.ok ? undefined : asked;
}

/** Lost, it costs the room of the picture before until the next change. */
async function notePicture(c: Context<Http>, picture = ""): Promise<void> {
  const shown = picture === "" ? {} : { picture };
  await askUser(c, c.get("identity").user, { kind: "picture-shown", ...shown });
}

export const profiles = new Hono<Http>()
  .use(signedIn)
  .get("/", async (c) => {
    const db = directory(c);
    if (db === undefined) return refuse(c, { code: "not-found" });
    const query = readQuery(c, lookupSchema);
    if (!query.ok) return refuse(c, query.error);
    const wish = query.value;
    const cost = "users" in wish ? Math.ceil(wish.users.length / USERS_PER_LOOKUP) : 1;
    const refused = await refusal(c, cost);
    return refused ?? c.json({ profiles: await lookUp(db, wish) });
  })
  // Not counted with the others: whoever asks knows the user by name.
  .get("/:user/picture", async (c) => {
    const user = readParameter(c, "user", userIdSchema);
    if (!user.ok) return refuse(c, user.error);
    const db = directory(c);
    const file = db && (await pictureOf(db, user.value));
    return servePicture(c, file === undefined ? undefined : { file, owner: user.value });
  });
