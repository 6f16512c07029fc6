/** Moving bytes, as browsers and Node do it alike. */
import type { FileCall, FilePlatform, FileRequest, UploadStore } from "../files.ts";

function request({ method, url, headers, body }: FileRequest): FileCall {
  const controller = new AbortController();
  const { signal } = controller;
  const send = async () => {
    const init = { method, headers, signal, ...(body === undefined ? {} : { body }) };
    const response = await fetch(url, init);
    const [type = ""] = (response.headers.get("content-type") ?? "").split(";");
    return { status: response.status, type, bytes: new Uint8Array(await response.arrayBuffer()) };
  };
  return { response: send(), cancel: () => controller.abort() };
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function webFiles(openUploads: (name: string) => UploadStore): FilePlatform {
  return { request, sha256, openUploads };
}
