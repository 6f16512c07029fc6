/** The keys in the bucket, and the bytes under them. Which of it may be done is judged elsewhere. */
import { partCount, partLength } from "../../protocol/files.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { ANY_BYTES, HEAD_BYTES, isInline, typeOf } from "../core/file-type.ts";
import type { Bucket } from "../env.ts";
import type { Upload } from "../requests.ts";
import type { Erasure } from "../user/turn.ts";

/** What the bucket takes in one call. */
const KEYS_PER_DELETE = 1_000;
/** How the bucket says that bytes have another hash than was told. */
const OTHER_HASH = /\b10037\b/;

/** No user's name has a slash: nobody's keys reach into another's. */
export function fileKey(owner: string, file: string): string {
  return `files/${owner}/${file}`;
}

function partKey(owner: string, file: string, number: number): string {
  return `parts/${owner}/${file}/${number}`;
}

/** Put down as a whole or not at all; false: these are not the bytes whose hash was told. */
export async function putFile(
  bucket: Bucket,
  key: string,
  bytes: ReadableStream | Uint8Array,
  about: { readonly hash: string; readonly type: string },
): Promise<boolean> {
  try {
    await bucket.put(key, bytes, {
      sha256: about.hash,
      httpMetadata: { contentType: about.type },
    });
    return true;
  } catch (error) {
    if (OTHER_HASH.test(String(error))) return false;
    throw error;
  }
}

export async function putPart(
  bucket: Bucket,
  owner: string,
  file: string,
  number: number,
  bytes: Uint8Array,
): Promise<void> {
  await bucket.put(partKey(owner, file, number), bytes);
}

/** Numbers of the parts that are here, ascending, each with the length that it should have. */
export async function partsOf(bucket: Bucket, owner: string, upload: Upload): Promise<number[]> {
  const { file, bytes } = upload;
  const prefix = `parts/${owner}/${file}/`;
  // At most a page: a file has no more parts (settings.ts).
  const { objects } = await bucket.list({ prefix });
  return objects
    .map(({ key, size }) => ({ number: Number(key.slice(prefix.length)), size }))
    .filter(({ number, size }) => size === partLength(number, bytes, LIMITS.filePartBytes))
    .map(({ number }) => number)
    .sort((a, b) => a - b);
}

/**
 * Puts the parts together to the file and takes them away. The type that the bytes show, or
 * undefined when they are not those whose hash was told.
 */
export async function assemble(
  bucket: Bucket,
  owner: string,
  upload: Upload,
): Promise<string | undefined> {
  const { file, bytes, hash } = upload;
  const count = partCount(bytes, LIMITS.filePartBytes);
  const head = await bucket.get(partKey(owner, file, 1), { range: { length: HEAD_BYTES } });
  const type = typeOf(new Uint8Array((await head?.arrayBuffer()) ?? []));
  const { readable, writable } = new FixedLengthStream(bytes);
  const fed = feed(bucket, writable, (number) => partKey(owner, file, number), count);
  const [isIt] = await Promise.all([
    putFile(bucket, fileKey(owner, file), readable, { hash, type }),
    // What ends the feeding early fails the putting too, and that says more.
    fed.catch(() => undefined),
  ]);
  await eraseFiles(bucket, owner, [{ file, bytes, whole: false }]);
  return isIt ? type : undefined;
}

async function feed(
  bucket: Bucket,
  writable: WritableStream,
  key: (number: number) => string,
  count: number,
): Promise<void> {
  try {
    for (let number = 1; number <= count; number += 1) {
      const part = await bucket.get(key(number));
      if (part === null) throw new Error(`part ${number} is gone`);
      await part.body.pipeTo(writable, { preventClose: true });
    }
    await writable.close();
  } catch (error) {
    await writable.abort(error);
    throw error;
  }
}

/** Idempotent. Without a bucket there is nothing to erase. */
export async function eraseFiles(
  bucket: Bucket | undefined,
  owner: string,
  files: readonly Erasure[],
): Promise<void> {
  const keys = files.flatMap(({ file, bytes, whole }) => [
    ...(whole ? [fileKey(owner, file)] : []),
    ...partKeys(owner, file, bytes),
  ]);
  for (let at = 0; at < keys.length; at += KEYS_PER_DELETE) {
    await bucket?.delete(keys.slice(at, at + KEYS_PER_DELETE));
  }
}

/** A file of one part is put down at once. */
function partKeys(owner: string, file: string, bytes: number): string[] {
  const count = partCount(bytes, LIMITS.filePartBytes);
  if (count === 1) return [];
  return Array.from({ length: count }, (_, index) => partKey(owner, file, index + 1));
}

/** Every file of a user whose account ends; one page of them. False: there are more. */
export async function eraseUser(bucket: Bucket, owner: string): Promise<boolean> {
  const pages = await Promise.all(
    [`files/${owner}/`, `parts/${owner}/`].map((prefix) => bucket.list({ prefix })),
  );
  const keys = pages.flatMap(({ objects }) => objects.map(({ key }) => key));
  for (let at = 0; at < keys.length; at += KEYS_PER_DELETE) {
    await bucket.delete(keys.slice(at, at + KEYS_PER_DELETE));
  }
  return pages.every(({ truncated }) => !truncated);
}

/** What a browser may be told that it is. */
export function servedType(stored: string | undefined): string {
  return stored !== undefined && isInline(stored) ? stored : ANY_BYTES;
}
