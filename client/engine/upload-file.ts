import type { StoredFile, UploadAnswer } from "../../protocol/files.ts";
import { missingParts } from "../core/upload.ts";
import { HoldfastError } from "../errors.ts";
import type { FileCalls } from "./file-calls.ts";

export interface UploadWatch {
  /** So many bytes are there. */
  sent(bytes: number): void;
  /** What the server calls it, while it is not complete. */
  named(file: string): void;
}

/** Goes on where the server is, whoever has sent what is there. */
export async function uploadFile(
  calls: FileCalls,
  bytes: Uint8Array<ArrayBuffer>,
  hash: string,
  watch: UploadWatch,
): Promise<StoredFile> {
  let answer = await calls.begin(bytes.byteLength, hash);
  while (answer.state === "open") {
    watch.named(answer.file);
    const before = missingParts(answer, bytes.byteLength).length;
    answer = await sendMissing(calls, bytes, answer, watch);
    const isStuck =
      answer.state === "open" && missingParts(answer, bytes.byteLength).length >= before;
    if (isStuck) throw new HoldfastError("internal");
  }
  return answer;
}

async function sendMissing(
  calls: FileCalls,
  bytes: Uint8Array<ArrayBuffer>,
  open: Extract<UploadAnswer, { state: "open" }>,
  watch: UploadWatch,
): Promise<UploadAnswer> {
  const { file, partBytes } = open;
  const missing = missingParts(open, bytes.byteLength);
  let sent = bytes.byteLength - missing.reduce((sum, number) => sum + partOf(number).length, 0);
  watch.sent(sent);
  for (const number of missing) {
    const part = partOf(number);
    const answer = await calls.part(file, number, part).catch(beginAgain);
    sent += part.length;
    watch.sent(sent);
    if (answer.state === "stored") return answer;
  }
  return calls.finish(file).catch(beginAgain);

  function partOf(number: number): Uint8Array<ArrayBuffer> {
    return bytes.subarray((number - 1) * partBytes, number * partBytes);
  }
}

/** An upload that is not known any more was erased meanwhile: that is no verdict on the file. */
function beginAgain(error: unknown): never {
  const isErased = error instanceof HoldfastError && error.code === "not-found";
  throw isErased ? new HoldfastError("busy") : error;
}
