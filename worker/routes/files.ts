/** Files: uploaded in parts by their owner, read by whoever sees a message that names them. */
import { Hono } from "hono";
import * as v from "valibot";
import { fileCopySchema, type MessageFile, uploadSchema } from "../../protocol/files.ts";
import { conversationIdSchema, parseConversation } from "../../protocol/ids.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { fileIdSchema } from "../../protocol/media.ts";
import { answerOf, groupRequestOf, refuseAs, requestOf } from "../ask-user.ts";
import type { ReadableFile } from "../core/message-file.ts";
import type { Bucket } from "../env.ts";
import { serveFile } from "../files/serve-file.ts";
import { type Uploaded, Uploads } from "../files/uploads.ts";
import {
  type Http,
  type HttpContext,
  queryNumber,
  readBody,
  readParameter,
  readQuery,
  refuse,
  signedIn,
} from "../http.ts";
import { serverKeys } from "../keys.ts";
import type { FileRequest, UserAnswer } from "../requests.ts";

const partSchema = queryNumber(1, Math.ceil(Number.MAX_SAFE_INTEGER / LIMITS.filePartBytes));
const messageQuerySchema = v.strictObject({
  conversation: conversationIdSchema,
  number: queryNumber(1, Number.MAX_SAFE_INTEGER),
});

export const files = new Hono<Http>()
  .use(signedIn)
  .use(async (c, next) =>
    c.env.FILES === undefined ? refuse(c, { code: "not-found", rule: "no-bucket" }) : next(),
  )
  .post("/", async (c) => {
    const body = await readBody(c, uploadSchema);
    if (!body.ok) return refuse(c, body.error);
    const { file: key } = await serverKeys(c.env);
    return told(c, await uploads(c).begin(key, body.value.bytes, body.value.hash));
  })
  .post("/copies", async (c) => {
    const body = await readBody(c, fileCopySchema);
    if (!body.ok) return refuse(c, body.error);
    const source = await readable(c, body.value);
    if (!source.ok) return refuseAs(c, source);
    const { file: key } = await serverKeys(c.env);
    const { file } = body.value;
    return told(c, await uploads(c).copy(key, file, source.value as ReadableFile));
  })
  .put("/:file/parts/:part", async (c) => {
    const file = readParameter(c, "file", fileIdSchema);
    if (!file.ok) return refuse(c, file.error);
    const part = readParameter(c, "part", partSchema);
    if (!part.ok) return refuse(c, part.error);
    return told(c, await uploads(c).part(file.value, part.value, c.req.raw.body));
  })
  .post("/:file/finish", async (c) => {
    const file = readParameter(c, "file", fileIdSchema);
    return file.ok ? told(c, await uploads(c).finish(file.value)) : refuse(c, file.error);
  })
  .delete("/:file", async (c) => {
    const file = readParameter(c, "file", fileIdSchema);
    if (!file.ok) return refuse(c, file.error);
    const answer = await ask(c, { kind: "upload-drop", file: file.value });
    return answer.ok ? c.json({ file: file.value }) : refuseAs(c, answer);
  })
  .get("/:file", async (c) => {
    const file = readParameter(c, "file", fileIdSchema);
    if (!file.ok) return refuse(c, file.error);
    const query = readQuery(c, messageQuerySchema);
    if (!query.ok) return refuse(c, query.error);
    const answer = await readable(c, { file: file.value, ...query.value });
    if (!answer.ok) return refuseAs(c, answer);
    const from = answer.value as ReadableFile;
    const found = await serveFile(bucketOf(c), file.value, from, c.req.raw);
    return found ?? refuse(c, { code: "not-found" });
  });

function bucketOf({ env }: HttpContext): Bucket {
  if (env.FILES === undefined) throw new Error("without a bucket no route of it is reached");
  return env.FILES;
}

function uploads(c: HttpContext): Uploads {
  return new Uploads(bucketOf(c), c.get("identity").user, (request) => ask(c, request));
}

/** Whoever keeps the conversation judges: the reader's own object, or the group. */
function readable(c: HttpContext, about: MessageFile): Promise<UserAnswer> {
  const parsed = parseConversation(about.conversation);
  if (parsed?.kind !== "group") return ask(c, { kind: "file", ...about });
  const { number, file } = about;
  const { user } = c.get("identity");
  const request = { kind: "file", user, number, file } as const;
  return answerOf(c, () => groupRequestOf(c.env, parsed.group, request));
}

function ask(c: HttpContext, request: FileRequest) {
  return answerOf(c, () => requestOf(c.env, c.get("identity").user, request));
}

function told(c: HttpContext, uploaded: Uploaded): Response {
  if (uploaded.ok) return c.json(uploaded.value);
  const { ok: _, ...error } = uploaded;
  return refuse(c, error);
}
