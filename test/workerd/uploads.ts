/** Uploads and downloads over the Worker's routes, in the words of the tests. */
import type { UploadAnswer } from "../../protocol/files.ts";
import type { FileContent } from "../../protocol/media.ts";
import { api } from "./support.ts";

const JSON_BODY = { "content-type": "application/json" };

/** A picture of one pixel, whole and valid. */
export const PNG = bytesOf(
  "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489" +
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082",
);

export function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function textBytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text).slice();
}

/** No two bytes in a row alike, and another row for each seed. */
export function noise(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at += 1) {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

export async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function post(user: string, path: string, body: object): Promise<Response> {
  const init = { method: "POST", headers: JSON_BODY, body: JSON.stringify(body) };
  return api(`/v1/files${path}`, user, init);
}

export async function begin(
  user: string,
  bytes: Uint8Array<ArrayBuffer>,
  hash?: string,
): Promise<Response> {
  return post(user, "", { bytes: bytes.byteLength, hash: hash ?? (await hashOf(bytes)) });
}

export function putPart(
  user: string,
  file: string,
  number: number,
  body: Uint8Array<ArrayBuffer>,
): Promise<Response> {
  return api(`/v1/files/${file}/parts/${number}`, user, { method: "PUT", body });
}

export function finish(user: string, file: string): Promise<Response> {
  return post(user, `/${file}/finish`, {});
}

export async function answerOf(response: Response): Promise<UploadAnswer> {
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}

/** All of it, in order. */
export async function upload(user: string, bytes: Uint8Array<ArrayBuffer>): Promise<UploadAnswer> {
  let answer = await answerOf(await begin(user, bytes));
  if (answer.state === "stored") return answer;
  const { file, partBytes } = answer;
  for (let at = 0; at < bytes.byteLength; at += partBytes) {
    const part = bytes.slice(at, at + partBytes);
    answer = await answerOf(await putPart(user, file, at / partBytes + 1, part));
  }
  return answer.state === "stored" ? answer : answerOf(await finish(user, file));
}

/** Uploads the bytes; what a message says about them. */
export async function fileContent(
  user: string,
  bytes: Uint8Array<ArrayBuffer>,
  name = "a name",
): Promise<FileContent> {
  const stored = await upload(user, bytes);
  if (stored.state !== "stored") throw new Error("parts are missing");
  const { state: _, ...about } = stored;
  return { kind: "file", name, ...about };
}

export function read(
  user: string,
  conversation: string,
  number: number,
  file: string,
  headers: Readonly<Record<string, string>> = {},
  method = "GET",
): Promise<Response> {
  const query = `conversation=${conversation}&number=${number}`;
  return api(`/v1/files/${file}?${query}`, user, { method, headers });
}

export async function bodyOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}
