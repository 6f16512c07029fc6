/** The requests about files, each with a deadline, a token and the server's error as an error. */
import type { MessageFile, UploadAnswer } from "../../protocol/files.ts";
import { isErrorCode } from "../core/codes.ts";
import { HoldfastError, type HoldfastErrorCode } from "../errors.ts";
import type { FilePlatform, FileRequest, FileResponse } from "../files.ts";
import type { Clock } from "../ports.ts";
import type { Tokens } from "./tokens.ts";

/** A part may take this long on a slow line; a lost connection ends it at once. */
const DEADLINE_MS = 300_000;

export class FileCalls {
  readonly #files: FilePlatform;
  readonly #url: string;
  readonly #clock: Clock;
  readonly #tokens: Tokens;
  readonly #open = new Set<(code: HoldfastErrorCode) => void>();

  constructor(files: FilePlatform, url: string, clock: Clock, tokens: Tokens) {
    this.#files = files;
    this.#url = `${url}/v1`;
    this.#clock = clock;
    this.#tokens = tokens;
  }

  begin(bytes: number, hash: string): Promise<UploadAnswer> {
    return this.#post("/files", { bytes, hash });
  }

  copy(source: MessageFile): Promise<UploadAnswer> {
    return this.#post("/files/copies", source);
  }

  async part(file: string, number: number, body: Uint8Array<ArrayBuffer>): Promise<UploadAnswer> {
    const headers = { "content-type": "application/octet-stream" };
    const url = `/files/${file}/parts/${number}`;
    return answerOf(await this.#ask({ method: "PUT", url, headers, body }));
  }

  finish(file: string): Promise<UploadAnswer> {
    return this.#post(`/files/${file}/finish`, {});
  }

  async giveUp(file: string): Promise<void> {
    await this.#ask({ method: "DELETE", url: `/files/${file}`, headers: {} });
  }

  read({ file, conversation, number }: MessageFile): Promise<FileResponse> {
    const about = `conversation=${encodeURIComponent(conversation)}&number=${number}`;
    return this.#ask({ method: "GET", url: `/files/${file}?${about}`, headers: {} });
  }

  picture(owner: `groups/${string}` | `profiles/${string}`): Promise<FileResponse> {
    return this.#ask({ method: "GET", url: `/${owner}/picture`, headers: {} });
  }

  /** Ends all that is under way. */
  cancel(code: HoldfastErrorCode): void {
    for (const end of [...this.#open]) end(code);
  }

  async #post(url: string, body: object): Promise<UploadAnswer> {
    const headers = { "content-type": "application/json" };
    return answerOf(await this.#ask({ method: "POST", url, headers, body: JSON.stringify(body) }));
  }

  /** The token may have ended: once more with another one. */
  async #ask(request: FileRequest): Promise<FileResponse> {
    const first = await this.#asked(request);
    const response = first.status === 401 ? await this.#asked(request) : first;
    if (response.status >= 200 && response.status < 300) return response;
    throw errorOf(response);
  }

  async #asked(request: FileRequest): Promise<FileResponse> {
    const token = await this.#tokens.get();
    if (token === undefined) throw new HoldfastError("unauthenticated");
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    const url = `${this.#url}${request.url}`;
    const response = await this.#within({ ...request, url, headers });
    if (response.status === 401) this.#tokens.refused(token);
    return response;
  }

  #within(request: FileRequest): Promise<FileResponse> {
    const call = this.#files.request(request);
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        stop();
        this.#open.delete(fail);
        end();
      };
      const fail = (code: HoldfastErrorCode) => {
        call.cancel();
        settle(() => reject(new HoldfastError(code)));
      };
      const stop = this.#clock.after(DEADLINE_MS, () => fail("timeout"));
      this.#open.add(fail);
      call.response.then(
        (response) => settle(() => resolve(response)),
        (cause) => settle(() => reject(new HoldfastError("offline", { cause }))),
      );
    });
  }
}

function errorOf({ bytes }: FileResponse): HoldfastError {
  const { error } = (parsed(bytes) ?? {}) as {
    error?: { code?: unknown; field?: string; rule?: string };
  };
  const code = error?.code;
  return new HoldfastError(isErrorCode(code) ? code : "internal", error ?? {});
}

/** What is no answer of this protocol comes from something in between: it may pass. */
function answerOf({ bytes }: FileResponse): UploadAnswer {
  const answer = parsed(bytes) as Partial<UploadAnswer> | undefined;
  const isOpen = answer?.state === "open" && Array.isArray(answer.have) && answer.partBytes;
  const isStored = answer?.state === "stored" && typeof answer.type === "string";
  if (typeof answer?.file !== "string" || !(isOpen || isStored))
    throw new HoldfastError("internal");
  return answer as UploadAnswer;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
