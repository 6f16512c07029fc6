/** The server's half of files, and what a device keeps of them: both outlive any client. */
import { createHash } from "node:crypto";
import type { FileCall, FilePlatform, FileRequest, UploadStore } from "../../../client/files.ts";

/** Small, so that small files take several parts. */
export const PART_BYTES = 4;
const AT = 1_700_000_001_000;

class HttpError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

interface Held {
  readonly bytes: number;
  readonly hash: string;
  readonly parts: Map<number, Uint8Array>;
  stored: boolean;
}

export class FakeFiles implements FilePlatform {
  /** Bytes that wait on the device, by key. */
  readonly kept = new Map<string, Uint8Array<ArrayBuffer>>();
  /** Uploads by file id. */
  readonly held = new Map<string, Held>();
  /** Requests that reached the server, e.g. `PUT part 2`. */
  readonly log: string[] = [];
  /** What a request meets: a status of its own, `lost` before or `deaf` after it was obeyed. */
  rule: (said: string) => number | "lost" | "deaf" | undefined = () => undefined;
  /** Fails what the device keeps. */
  isBroken = false;

  readonly platform = async (): Promise<FilePlatform> => this;

  request(request: FileRequest): FileCall {
    let cancel = () => {};
    const cancelled = new Promise<never>((_, reject) => {
      cancel = () => reject(new Error("cancelled"));
    });
    cancelled.catch(() => {});
    return { response: Promise.race([this.#answer(request), cancelled]), cancel };
  }

  sha256(bytes: Uint8Array): Promise<string> {
    return Promise.resolve(createHash("sha256").update(bytes).digest("hex"));
  }

  openUploads(name: string): UploadStore {
    const whole = (key: string) => `${name} ${key}`;
    const guard = () => {
      if (this.isBroken) throw new Error("the disk is full");
    };
    return {
      put: async (key, bytes) => {
        guard();
        this.kept.set(whole(key), bytes);
      },
      get: async (key) => this.kept.get(whole(key)),
      delete: async (key) => void this.kept.delete(whole(key)),
      keys: async () =>
        [...this.kept.keys()].map((key) => ({ key: key.slice(name.length + 1), at: AT })),
    };
  }

  async #answer({ method, url, body }: FileRequest) {
    const path = new URL(url).pathname.replace("/v1/files", "");
    const [, file = "", what = "", part = ""] = path.split("/");
    const said = what === "parts" ? `${method} part ${part}` : `${method} ${what || "file"}`;
    this.log.push(said);
    const fate = this.rule(said);
    if (fate === "lost") throw new Error("no network");
    if (typeof fate === "number") return json(fate, { error: { code: codeOf(fate) } });
    try {
      const answer = this.#obey(method, file, what, Number(part), body);
      if (fate === "deaf") throw new Error("the answer is lost");
      return json(200, answer);
    } catch (error) {
      if (error instanceof HttpError) return json(error.status, { error: { code: error.code } });
      throw error;
    }
  }

  #obey(method: string, file: string, what: string, part: number, body: FileRequest["body"]) {
    if (method === "POST" && file === "") return this.#begin(JSON.parse(String(body)));
    if (method === "POST" && file === "copies") return this.#copy(JSON.parse(String(body)).file);
    const upload = this.held.get(file);
    if (upload === undefined) throw new HttpError(404, "not-found");
    if (method === "DELETE") this.held.delete(file);
    if (method === "PUT" && body instanceof Uint8Array) upload.parts.set(part, body.slice());
    if (what === "finish" || upload.bytes <= PART_BYTES) this.#finish(upload);
    return answerOf(file, upload);
  }

  #begin({ bytes, hash }: { bytes: number; hash: string }) {
    const file = hash.slice(0, 22);
    const upload = this.held.get(file) ?? { bytes, hash, parts: new Map(), stored: false };
    this.held.set(file, upload);
    return answerOf(file, upload);
  }

  #copy(file: string) {
    return stored(`copy-of-${file}`.padEnd(22, "-").slice(0, 22), 1, "copied");
  }

  #finish(upload: Held): void {
    const whole = Buffer.concat([...upload.parts].sort(([a], [b]) => a - b).map(([, one]) => one));
    if (whole.length !== upload.bytes) return;
    const hash = createHash("sha256").update(whole).digest("hex");
    if (hash !== upload.hash) throw new HttpError(400, "bad-field");
    upload.stored = true;
  }
}

function answerOf(file: string, { bytes, hash, parts, stored: isStored }: Held) {
  if (isStored) return stored(file, bytes, hash);
  const have = [...parts.keys()].sort((a, b) => a - b);
  return { state: "open", file, partBytes: PART_BYTES, have };
}

function stored(file: string, bytes: number, hash: string) {
  return { state: "stored", file, type: "image/png", bytes, hash };
}

function json(status: number, value: object) {
  const bytes = new TextEncoder().encode(JSON.stringify(value)).slice();
  return { status, type: "application/json", bytes };
}

function codeOf(status: number): string {
  return (
    { 401: "unauthenticated", 404: "not-found", 413: "too-big", 503: "busy" }[status] ?? "internal"
  );
}
