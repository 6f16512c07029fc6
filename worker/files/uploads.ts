/** One upload, from the first word to the last part: the object keeps account, the bucket the bytes. */
import type { ProtocolError } from "../../protocol/errors.ts";
import { partCount, partLength, type UploadAnswer } from "../../protocol/files.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { hexOf, typeOf } from "../core/file-type.ts";
import type { ReadableFile } from "../core/message-file.ts";
import type { Bucket } from "../env.ts";
import type { FileRequest, Upload, UserAnswer } from "../requests.ts";
import { assemble, fileKey, partsOf, putFile, putPart } from "./bucket.ts";
import { fileIdOf } from "./file-id.ts";
import { readExactly } from "./read-exactly.ts";

export type Uploaded =
  | { readonly ok: true; readonly value: UploadAnswer }
  | ({ readonly ok: false } & ProtocolError);

const WRONG_HASH: Uploaded = { ok: false, code: "bad-field", field: "hash", rule: "of-all-bytes" };
const NOT_FOUND: Uploaded = { ok: false, code: "not-found" };

export class Uploads {
  readonly #bucket: Bucket;
  readonly #owner: string;
  readonly #ask: (request: FileRequest) => Promise<UserAnswer>;

  constructor(bucket: Bucket, owner: string, ask: (request: FileRequest) => Promise<UserAnswer>) {
    this.#bucket = bucket;
    this.#owner = owner;
    this.#ask = ask;
  }

  async begin(key: CryptoKey, bytes: number, hash: string): Promise<Uploaded> {
    const file = await fileIdOf(key, this.#owner, hash);
    return this.#stateAfter(await this.#ask({ kind: "upload-begin", file, bytes, hash }));
  }

  /** Part `number` in `body`; a file of one part is complete with it. */
  async part(
    file: string,
    number: number,
    body: ReadableStream<Uint8Array> | null,
  ): Promise<Uploaded> {
    const answer = await this.#ask({ kind: "upload", file });
    if (!answer.ok) return answer;
    const upload = answer.value as Upload;
    if (upload.type !== "") return this.#stateAfter(answer);
    const length = partLength(number, upload.bytes, LIMITS.filePartBytes);
    if (length === 0) return { ok: false, code: "bad-field", field: "part", rule: "of-this-file" };
    const bytes = await readExactly(body, length);
    if (bytes === undefined) {
      return { ok: false, code: "bad-field", field: "body", rule: `bytes:${length}` };
    }
    if (partCount(upload.bytes, LIMITS.filePartBytes) === 1) return this.#whole(upload, bytes);
    await putPart(this.#bucket, this.#owner, file, number, bytes);
    return { ok: true, value: open(upload, [number]) };
  }

  /** All parts were sent; what is missing all the same is told. */
  async finish(file: string): Promise<Uploaded> {
    const answer = await this.#ask({ kind: "upload", file });
    if (!answer.ok) return answer;
    const upload = answer.value as Upload;
    if (upload.type !== "") return this.#stateAfter(answer);
    const have = await partsOf(this.#bucket, this.#owner, upload);
    if (have.length < partCount(upload.bytes, LIMITS.filePartBytes)) {
      return { ok: true, value: open(upload, have) };
    }
    const type = await assemble(this.#bucket, this.#owner, upload);
    return type === undefined ? this.#wrong(file) : this.#stored(file, type);
  }

  /** A file of a message that this user sees, as this user's own: the bytes never leave. */
  async copy(key: CryptoKey, file: string, source: ReadableFile): Promise<Uploaded> {
    const from = fileKey(source.owner, file);
    const found = await this.#bucket.head(from);
    const sha256 = found?.checksums.sha256;
    if (found === null || sha256 === undefined) return NOT_FOUND;
    const hash = hexOf(new Uint8Array(sha256));
    const own = await fileIdOf(key, this.#owner, hash);
    const answer = await this.#ask({ kind: "upload-begin", file: own, bytes: found.size, hash });
    if (!answer.ok || (answer.value as Upload).type !== "") return this.#stateAfter(answer);
    const object = await this.#bucket.get(from);
    const type = found.httpMetadata?.contentType;
    if (object === null || type === undefined) return NOT_FOUND;
    const isIt = await putFile(this.#bucket, fileKey(this.#owner, own), object.body, {
      hash,
      type,
    });
    return isIt ? this.#stored(own, type) : this.#wrong(own);
  }

  async #whole(upload: Upload, bytes: Uint8Array): Promise<Uploaded> {
    const { file, hash } = upload;
    const type = typeOf(bytes);
    const isIt = await putFile(this.#bucket, fileKey(this.#owner, file), bytes, { hash, type });
    return isIt ? this.#stored(file, type) : this.#wrong(file);
  }

  async #stored(file: string, type: string): Promise<Uploaded> {
    return this.#stateAfter(await this.#ask({ kind: "upload-stored", file, type }));
  }

  /** These bytes will never be what was told: whoever begins again begins anew. */
  async #wrong(file: string): Promise<Uploaded> {
    await this.#ask({ kind: "upload-drop", file });
    return WRONG_HASH;
  }

  async #stateAfter(answer: UserAnswer): Promise<Uploaded> {
    if (!answer.ok) return answer;
    const upload = answer.value as Upload;
    const { file, bytes, hash, type } = upload;
    if (type !== "") return { ok: true, value: { state: "stored", file, type, bytes, hash } };
    const isOnePart = partCount(bytes, LIMITS.filePartBytes) === 1;
    const have = isOnePart ? [] : await partsOf(this.#bucket, this.#owner, upload);
    return { ok: true, value: open(upload, have) };
  }
}

function open({ file }: Upload, have: readonly number[]): UploadAnswer {
  return { state: "open", file, partBytes: LIMITS.filePartBytes, have };
}
