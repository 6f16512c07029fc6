/** The chat and the console: files of the build, under whatever address they put into their bar. */
import { type HttpContext, refuse } from "../http.ts";

const CONSOLE = "/ops";

export async function page(c: HttpContext): Promise<Response> {
  const { ASSETS } = c.env;
  if (ASSETS === undefined) return refuse(c, { code: "not-found" });
  const { method, headers, url } = c.req.raw;
  let asset = await ASSETS.fetch(new Request(url, { method, headers }));
  if (asset.status === 404) {
    // A file that is gone must be missed: a page in its place would be taken for it, and be kept.
    if (!wantsPage(headers)) return refuse(c, { code: "not-found" });
    asset = await ASSETS.fetch(new Request(new URL(pageOf(new URL(url)), url), { headers }));
  }
  // Headers of a fetched response can't be set; those of its copy can.
  return new Response(asset.body, asset);
}

function wantsPage(headers: Headers): boolean {
  return (headers.get("Accept") ?? "").includes("text/html");
}

function pageOf({ pathname }: URL): string {
  return pathname.startsWith(`${CONSOLE}/`) ? CONSOLE : "/";
}
