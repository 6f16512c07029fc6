/** Gives a stored file back: whole, in part, or not again to who has it. */
import { wantedRange } from "../core/byte-range.ts";
import { contentDisposition } from "../core/disposition.ts";
import { isInline } from "../core/file-type.ts";
import type { ReadableFile } from "../core/message-file.ts";
import type { Bucket } from "../env.ts";
import { fileKey, servedType } from "./bucket.ts";

/** Undefined: the bytes are not there. Who may have them has been judged. */
export async function serveFile(
  bucket: Bucket,
  file: string,
  { owner, name }: ReadableFile,
  { method, headers: asked }: Pick<Request, "method" | "headers">,
): Promise<Response | undefined> {
  const key = fileKey(owner, file);
  const found = await bucket.head(key);
  if (found === null) return undefined;
  const headers = headersOf(found, name);
  if (names(asked.get("If-None-Match"), found.httpEtag)) {
    return new Response(null, { status: 304, headers });
  }
  const isSame = (asked.get("If-Range") ?? found.httpEtag) === found.httpEtag;
  const header = isSame ? asked.get("Range") : null;
  const wanted = wantedRange(header ?? undefined, found.size);
  if (wanted === undefined) {
    headers.set("Content-Range", `bytes */${found.size}`);
    return new Response(null, { status: 416, headers });
  }
  const range = wanted.kind === "all" ? { offset: 0, length: found.size } : wanted;
  const { offset, length } = range;
  headers.set("Content-Length", String(length));
  const isAll = wanted.kind === "all";
  if (!isAll) headers.set("Content-Range", `bytes ${offset}-${offset + length - 1}/${found.size}`);
  const status = isAll ? 200 : 206;
  if (method === "HEAD") return new Response(null, { status, headers });
  const object = await bucket.get(key, { range: { offset, length } });
  return object === null ? undefined : new Response(object.body, { status, headers });
}

function headersOf({ httpEtag, httpMetadata }: R2Object, name: string | undefined): Headers {
  const type = servedType(httpMetadata?.contentType);
  return new Headers({
    "Content-Type": type,
    "Content-Disposition": contentDisposition(isInline(type), name),
    "Accept-Ranges": "bytes",
    ETag: httpEtag,
    // A browser may keep it, and asks each time whether it may still show it.
    "Cache-Control": "private, no-cache",
  });
}

function names(header: string | null, etag: string): boolean {
  const listed = (header ?? "").split(",").map((one) => one.trim().replace(/^W\//, ""));
  return listed.includes(etag) || listed.includes("*");
}
