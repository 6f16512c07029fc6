/** The picture of a user or of a group, to whoever may see it now. */
import type { ShownPicture } from "../group-requests.ts";
import { type HttpContext, refuse } from "../http.ts";
import { serveFile } from "./serve-file.ts";

/** Undefined: shows none. Who may see it has been judged. */
export async function servePicture(
  c: HttpContext,
  picture: ShownPicture | undefined,
): Promise<Response> {
  const { FILES } = c.env;
  if (FILES === undefined) return refuse(c, { code: "not-found", rule: "no-bucket" });
  if (picture === undefined) return refuse(c, { code: "not-found" });
  const { file, owner } = picture;
  const found = await serveFile(FILES, file, { owner }, c.req.raw);
  return found ?? refuse(c, { code: "not-found" });
}
